import { checkKinds } from '../src/checks/check-kinds';
import type { Prediction } from '../src/maps/prediction';
import type { Pixels } from '../src/pictures/pixels';
import { barRows, leastWidthOfRows } from './bar-rows';
import { Figure } from './figure';
import { checkPicture, fitted, pictureImage } from './picture';
import { short, specOf, widthFor } from './theme';

/** Options of `predictionsFigure`. */
export interface PredictionsFigureOptions {
  /** The picture that the model looked at, shown beside the bars. */
  picture?: Pixels;
  /** Default: the class with the highest score. */
  title?: string;
}

/** CSS pixels: the longest name, one of its letters, the length of a track; the picture, and between it and the bars. */
const MOST_NAME = 200;
const LETTER = 8.5;
const TRACK = 260;
const PICTURE = 150;
const GAP = 16;

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
  const shown = picture && fitted(picture, PICTURE);
  const beside = shown ? shown.width + GAP : 0;
  const { params, view, rows, least } = scoreBars(answer, beside);
  const width = widthFor(least);
  const best = rows[0]!;
  const words = title ?? `${best.name}: ${best.words}`;
  const subtitle = caption(answer);
  const spec = specOf(words, [subtitle], width, {
    params,
    center: { row: true, column: false },
    spacing: GAP,
    columns: { signal: `room < ${least} ? 1 : 2` },
    concat: [...(picture && shown ? [{ ...shown, ...pictureImage(picture, shown) }] : []), view],
  });
  return new Figure(
    spec,
    [words, subtitle, ...rows.map(({ name, words }) => `${name} ${words}`)].join('; '),
    picture ? { exact: 'all' } : {},
  );
}

/**
 * One bar per class with its number. A probability's track is 0 to 100 %; raw scores share one from the smallest to the
 * largest, with zero on it.
 *
 * @param beside what stands to the left of the bars where there is room for both, in CSS pixels
 * @returns params, the view and its rows; and the least room for what stands beside them, in CSS pixels
 */
export function scoreBars(answer: readonly Prediction[], beside = 0) {
  const { kind } = answer[0]!;
  const isRaw = kind === 'raw';
  const finite = answer.map(({ score }) => score).filter(Number.isFinite);
  const longest = Math.max(...answer.map(({ label }) => [...label].length));
  const names = Math.ceil(Math.min(MOST_NAME, LETTER * longest + 20));
  const low = isRaw ? Math.min(0, ...finite) : 0;
  const high = isRaw ? Math.max(0, ...finite) : 1;
  const at = (score: number) => (score - low) / (high - low || 1);
  const rows = answer.map(({ label, score, index }) => ({
    name: label,
    words: isRaw ? short(score) : share(score),
    from: at(0),
    to: Number.isFinite(score) ? at(score) : null,
    isNegative: score < 0,
    told: `${label} · class ${index} · ${score}`,
  }));
  const least = beside + leastWidthOfRows(rows, names);
  const most = `min(room, ${widthFor(least)})`;
  const room = beside ? `(room < ${least} ? room : ${most} - ${beside})` : most;
  return { ...barRows(rows, { names, track: TRACK, size: 'large', room }), rows, least };
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
