import { checkKinds } from '../src/checks/check-kinds';
import type { Prediction } from '../src/maps/prediction';
import type { Pixels } from '../src/pictures/pixels';
import { Figure } from './figure';
import { checkPicture, fitted, pictureImage } from './picture';
import { pixels } from './pixels';
import { ink, NARROW, short, specOf } from './theme';

/** Options of `predictionsFigure`. */
export interface PredictionsFigureOptions {
  /** The picture that the model looked at, shown beside the bars. */
  picture?: Pixels;
  /** Default: the class with the highest score. */
  title?: string;
}

/** CSS pixels: the longest name, one of its letters, the length of a track, the height of a row. */
const MOST_NAME = 200;
const LETTER = 8.5;
const TRACK = 260;
const ROW = 28;
const PICTURE = 150;

/** Colours of a bar, and of a bar below zero. */
const COLORS = { bar: '#0969da', below: '#8250df' };

/**
 * A model's answer: one bar per class with its number, beside the picture. A probability's track is 0 to 100 %;
 * raw scores share one from the smallest to the largest, with zero on it.
 *
 * @param answer what `predictions` returns
 * @param options the picture, and the title
 * @returns the figure
 * @throws {TypeError} when it is not an answer or not a picture
 * @example
 * show(predictionsFigure(await predictions(model, img, { labels: ['cat', 'dog'] }), { picture: img }));
 */
export function predictionsFigure(
  answer: readonly Prediction[],
  options: PredictionsFigureOptions = {},
): Figure {
  checkKinds('draw the predictions', options, { picture: 'picture', title: 'string' });
  const { picture, title } = options;
  check(answer);
  if (picture) checkPicture(picture);
  const { panel: bars, rows } = scoreBars(answer);
  const best = rows[0]!;
  const words = title ?? `${best.label}: ${best.score}`;
  const subtitle = caption(answer);
  const spec = specOf(words, [subtitle], NARROW, {
    center: true,
    hconcat: [...(picture ? [picturePanel(picture)] : []), bars],
  });
  return new Figure(
    spec,
    [words, subtitle, ...rows.map(({ label, score }) => `${label} ${score}`)].join('; '),
    picture ? { exact: 'all' } : {},
  );
}

/**
 * One bar per class with its number. A probability's track is 0 to 100 %; raw scores share one from the smallest to the
 * largest, with zero on it.
 *
 * @returns the panel, and the rows' words
 */
export function scoreBars(answer: readonly Prediction[]): {
  panel: object;
  rows: readonly { label: string; score: string }[];
} {
  const { kind } = answer[0]!;
  const isRaw = kind === 'raw';
  const finite = answer.map(({ score }) => score).filter(Number.isFinite);
  const longest = Math.max(...answer.map(({ label }) => [...label].length));
  const start = Math.ceil(Math.min(MOST_NAME, LETTER * longest + 20));
  const low = isRaw ? Math.min(0, ...finite) : 0;
  const high = isRaw ? Math.max(0, ...finite) : 1;
  const at = (score: number) => start + (TRACK * (score - low)) / (high - low || 1);
  const values = answer.map(({ label, score, index }, row) => ({
    row,
    label,
    class: index,
    score: isRaw ? short(score) : share(score),
    exact: String(score),
    from: Number.isFinite(score) ? at(0) : null,
    to: Number.isFinite(score) ? at(score) : null,
    below: score < 0,
  }));
  const height = ROW * values.length;
  const y = { field: 'row', type: 'ordinal', axis: null, scale: { padding: 0 } };
  const tooltip = ['label', 'class', 'exact'].map((field) => ({ field, type: 'nominal' }));
  const panel = {
    width: start + TRACK + 80,
    height,
    view: { stroke: null },
    data: { values },
    layer: [
      {
        mark: {
          type: 'text',
          align: 'right',
          fontSize: 13,
          fontWeight: 'bold',
          color: ink('ink'),
          limit: start - 14,
        },
        encoding: { x: { value: start - 12 }, y, text: { field: 'label' }, tooltip },
      },
      {
        mark: { type: 'bar', height: 14, cornerRadius: 2, color: ink('track') },
        encoding: { x: { value: start }, x2: { value: start + TRACK }, y, tooltip },
      },
      {
        transform: [{ filter: 'isValid(datum.to)' }],
        mark: { type: 'bar', height: 14, cornerRadius: 2 },
        encoding: {
          x: pixels('from'),
          x2: { field: 'to' },
          y,
          color: { condition: { test: 'datum.below', value: COLORS.below }, value: COLORS.bar },
          tooltip,
        },
      },
      {
        mark: { type: 'text', align: 'left', fontSize: 13, color: ink('ink') },
        encoding: { x: { value: start + TRACK + 12 }, y, text: { field: 'score' }, tooltip },
      },
    ],
  };
  return { panel, rows: values };
}

function picturePanel(picture: Pixels) {
  const size = fitted(picture, PICTURE);
  return { ...size, view: { stroke: null }, ...pictureImage(picture, size) };
}

function caption(answer: readonly Prediction[]): string {
  const { kind } = answer[0]!;
  if (kind === 'raw') return 'raw scores, as the last layer makes them';
  if (kind === 'sigmoid')
    return answer.length === 2 && isPair(answer)
      ? 'sigmoid: one or the other'
      : 'sigmoid: each class by itself';
  const sum = answer.reduce((total, { score }) => total + score, 0);
  return `softmax: all classes make 100 %, those shown ${share(Math.min(1, sum))}`;
}

/** Two classes of one unit. */
function isPair([a, b]: readonly Prediction[]): boolean {
  return Math.abs(a!.score + b!.score - 1) < 1e-6;
}

/** A probability with one decimal. Only an exact 0 reads 0.0 %, only an exact 1 reads 100.0 %. */
function share(score: number): string {
  if (!Number.isFinite(score)) return short(score);
  const rounded = (100 * score).toFixed(1);
  if (rounded === '0.0' && score > 0) return '< 0.1 %';
  if (rounded === '100.0' && score < 1) return '> 99.9 %';
  return `${rounded} %`;
}

function check(answer: readonly Prediction[]): void {
  const isAnswer =
    Array.isArray(answer) &&
    answer.length > 0 &&
    answer.every((one) => typeof one?.label === 'string' && typeof one.score === 'number');
  if (isAnswer) return;
  throw new TypeError(
    'Cannot draw the predictions: this is not what predictions returns. Pass (await predictions(model, picture)).',
  );
}
