import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, activationList, layout, onePicture } from '../src/maps/activation';
import { histogramOf } from '../src/maps/histogram';
import { stats } from '../src/maps/stats';
import { Figure } from './figure';
import { pixels } from './pixels';
import { overMarks, readout } from './pointer';
import { ink, oddities, percent, rangeWords, short, specOf, WIDE } from './theme';

/** Options of `histogram`. */
export interface HistogramOptions {
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** How many bins, 1 to 200. Default 60. */
  bins?: number;
  /** One range for all layers, so that they can be compared; default each layer's own. */
  range?: readonly [low: number, high: number];
  /** Default 'distribution of the values'. */
  title?: string;
}

/** CSS pixels: a row, its bars, and the left edge and width of the bars. */
const ROW = 56;
const HIGH = 34;
const LEFT = 190;
const BARS = 380;
/** Rows that a picture can hold (a canvas ends at 32,767 pixels, and PNGs have two pixels per CSS pixel). */
const MOST = 250;

/**
 * How the values of each layer are distributed: one row of bars a layer, as TensorBoard's histograms. Exact zeros, of
 * which rectified layers are full, are no bar but a number, since they would hide all others; values that are not finite
 * are counted.
 *
 * @param activations what `predict` returns, or one of it
 * @param options how many bins, and over which range
 * @returns the figure
 * @throws {RangeError} for no activations, or bins or a range that are none
 * @throws {TypeError} when it is not an activation
 * @example
 * show(histogramFigure(activations));
 */
export function histogramFigure(
  activations: Activation | readonly Activation[],
  options: HistogramOptions = {},
): Figure {
  checkKinds('draw the distribution', options, {
    index: 'number',
    bins: 'number',
    range: 'list',
    title: 'string',
  });
  const all = activationList('draw the distribution', activations);
  if (all.length === 0) {
    throw new RangeError(
      'Cannot draw the distribution: there are no activations. Pass what predict returns.',
    );
  }
  const { bins = 60, range, title = 'distribution of the values' } = options;
  if (!Number.isInteger(bins) || bins < 1 || bins > 200) {
    throw new RangeError(
      `Cannot draw the distribution: bins is ${bins}. Choose a whole number from 1 to 200.`,
    );
  }
  if (range && !(range.length === 2 && range.every(Number.isFinite) && range[0] < range[1])) {
    throw new RangeError(
      `Cannot draw the distribution: range is ${JSON.stringify(range)}. Give [low, high] with low < high.`,
    );
  }
  const rows = all.slice(0, MOST).map((activation, at) => row(activation, at, bins, options));
  const caption = [
    `${all.length} ${all.length === 1 ? 'layer' : 'layers'}, ${bins} bins`,
    range ? 'all over one range' : 'each over its own range and as high as its fullest bin',
    'without exact zeros',
    ...(rows.length < all.length ? [`only the first ${MOST} layers fit`] : []),
  ];
  const size = { width: WIDE, height: rows.length * ROW };
  const spec = specOf(title, caption, WIDE, {
    params: [overMarks('place', 'bins', 'datum')],
    ...size,
    layer: [
      ...texts(rows),
      {
        data: { values: rows },
        mark: { type: 'rule', color: ink('track') },
        encoding: {
          x: { value: LEFT },
          x2: { value: LEFT + BARS },
          y: pixels('bottom'),
        },
      },
      {
        name: 'bins',
        data: { values: rows.flatMap(({ bars }) => bars) },
        mark: { type: 'rect' },
        encoding: {
          x: pixels('left'),
          x2: { field: 'right' },
          y: pixels('top'),
          y2: { field: 'bottom' },
          color: { condition: { test: 'datum.high <= 0', value: '#8250df' }, value: '#0969da' },
        },
      },
      readout(
        "place ? place.layer + ' · ' + place.from + ' to ' + place.to + ' · ' + place.count + (place.count === 1 ? ' value' : ' values') : ''",
        { width: WIDE, height: 0 },
        -10,
      ),
    ],
  });
  const words = rows.map(({ layer, range, zeros }) => `${layer}: ${range}, ${zeros}`);
  return new Figure(spec, [title, ...caption, ...words].join('\n'));
}

type Row = ReturnType<typeof row>;

function row(activation: Activation, at: number, bins: number, { index, range }: HistogramOptions) {
  const { height, width, channels } = layout(activation);
  const size = height * width * channels;
  const sample = onePicture(activation, index);
  const values = activation.data.subarray(sample * size, (sample + 1) * size);
  const summary = stats(values);
  const [low, high] = range ?? [summary.min, summary.max];
  const { edges, counts } = Number.isFinite(low)
    ? histogramOf(
        values.filter((value) => value !== 0),
        bins,
        [low, high],
      )
    : { edges: new Float64Array(bins + 1), counts: new Uint32Array(bins) };
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const bottom = at * ROW + ROW - 14;
  const across = BARS / bins;
  const beyond =
    values.length -
    summary.nan -
    summary.positiveInfinity -
    summary.negativeInfinity -
    counts.reduce((a, b) => a + b, 0) -
    Math.round(summary.sparsity * values.length);
  return {
    layer: activation.layer,
    type: activation.type ?? '',
    bottom,
    middle: bottom - HIGH / 2,
    below: bottom + 8,
    low: short(edges[0]!),
    high: short(edges[bins]!),
    range: rangeWords(summary),
    zeros: [
      `${percent(summary.sparsity)} zeros`,
      ...(range && beyond > 0 ? [`${beyond} beyond the range`] : []),
      ...oddities(summary),
    ].join(', '),
    bars: Array.from(counts, (count, bin) => ({
      layer: activation.layer,
      from: short(edges[bin]!),
      to: short(edges[bin + 1]!),
      high: edges[bin + 1]!,
      count,
      left: LEFT + bin * across,
      right: LEFT + (bin + 1) * across - (across > 4 ? 1 : 0),
      // One value is seen, however many there are in the fullest bin.
      top: count ? bottom - Math.max(1, (HIGH * count) / most) : bottom,
      bottom,
    })).filter(({ count }) => count > 0),
  };
}

function texts(rows: readonly Row[]): object[] {
  const text = (field: string, x: number, y: string, more: object) => ({
    data: { values: rows.map(({ bars, ...row }) => row) },
    mark: { type: 'text', x, baseline: 'middle', fontSize: 10, color: ink('muted'), ...more },
    encoding: { y: pixels(y), text: { field, type: 'nominal' } },
  });
  return [
    text('layer', 0, 'middle', {
      align: 'left',
      fontSize: 12,
      fontWeight: 'bold',
      color: ink('ink'),
      limit: LEFT - 10,
    }),
    text('type', 0, 'bottom', { align: 'left', limit: LEFT - 10 }),
    text('low', LEFT, 'below', { align: 'left', fontSize: 9 }),
    text('high', LEFT + BARS, 'below', { align: 'right', fontSize: 9 }),
    text('range', LEFT + BARS + 16, 'middle', { align: 'left', color: ink('ink'), fontSize: 11 }),
    text('zeros', LEFT + BARS + 16, 'bottom', { align: 'left', limit: WIDE - LEFT - BARS - 16 }),
  ];
}
