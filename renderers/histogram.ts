import { checkKinds } from '../src/checks/check-kinds';
import { type Activation, activationList, layout, onePicture } from '../src/maps/activation';
import { histogramOf } from '../src/maps/histogram';
import { stats } from '../src/maps/stats';
import { ruleOf } from './dead';
import { Figure } from './figure';
import { overMarks, readout } from './pointer';
import { ink, inRoom, ODD, oddities, percent, rangeWords, short, specOf, WIDE } from './theme';

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

/** CSS pixels: the height of bars, and their left edge and width where names and numbers stand beside them. */
const HIGH = 34;
const LEFT = 190;
const BARS = 380;

/** Letters of a name that has room beside its range on a phone. */
const SHORT = 18;

/** The bottom of a layer's bars, in CSS pixels; in a narrow figure its name and its numbers stand over them. */
const BOTTOM = '(datum.at * pitch + pitch - 14)';

/** The left edge of the bars, and their right edge. */
const FROM = `(isStacked ? 0 : ${LEFT})`;
const TO = `(isStacked ? room : ${LEFT + BARS})`;
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
  const spec = specOf(title, caption, WIDE, {
    params: [
      { name: 'pitch', expr: 'isStacked ? 88 : 56' },
      overMarks(
        'place',
        'rows',
        `[datum.at, clamp(floor((x(group()) - ${FROM}) / (${TO} - ${FROM}) * ${bins}), 0, ${bins - 1})]`,
      ),
      { name: 'edges', value: rows.map(({ edges }) => edges) },
      { name: 'counts', value: rows.map(({ counts }) => counts) },
      { name: 'names', value: rows.map(({ layer }) => layer) },
    ],
    // Its marks have its size.
    width: 1,
    height: 1,
    layer: [
      ...texts(rows),
      {
        data: { values: rows },
        ...ruleOf({ color: ink('track') }, { x: { expr: FROM }, x2: { expr: TO }, y: { expr: BOTTOM } }),
      },
      {
        data: { values: rows.flatMap(({ bars }) => bars) },
        mark: {
          type: 'rect',
          x: { expr: `${FROM} + datum.left * (${TO} - ${FROM})` },
          x2: { expr: `${FROM} + datum.right * (${TO} - ${FROM})` },
          y: { expr: `${BOTTOM} - datum.high` },
          y2: { expr: BOTTOM },
        },
        encoding: {
          color: { condition: { test: 'datum.isNegative', value: '#8250df' }, value: '#0969da' },
        },
      },
      {
        name: 'rows',
        data: { values: rows.map(({ at }) => ({ at })) },
        mark: {
          type: 'rect',
          opacity: 0,
          x: { expr: FROM },
          x2: { expr: TO },
          y: { expr: `${BOTTOM} - ${HIGH}` },
          y2: { expr: BOTTOM },
        },
      },
      readout(
        "place ? names[place[0]] + ' · ' + edges[place[0]][place[1]] + ' to ' + edges[place[0]][place[1] + 1] + ' · ' + format(counts[place[0]][place[1]], ',') + (counts[place[0]][place[1]] === 1 ? ' value' : ' values') : ''",
        { width: { expr: 'room' }, height: 0 },
        -10,
        { texts: rows.map(({ longest }) => longest), isAbove: true },
      ),
    ],
  });
  const words = rows.map(
    ({ layer, range, zeros, odd }) => `${layer}: ${range}, ${zeros}${odd && `, ${odd}`}`,
  );
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
  // Space between bars that are wide enough.
  const gap = BARS / bins > 4 ? 1 / BARS : 0;
  const beyond =
    values.length -
    summary.nan -
    summary.positiveInfinity -
    summary.negativeInfinity -
    counts.reduce((a, b) => a + b, 0) -
    Math.round(summary.sparsity * values.length);
  const words = Array.from(edges, short);
  const widest = words.reduce((a, b) => (b.length > a.length ? b : a));
  return {
    layer: activation.layer,
    type: activation.type ?? '',
    at,
    low: short(edges[0]!),
    high: short(edges[bins]!),
    range: rangeWords(summary),
    zeros: [
      `${percent(summary.sparsity)} zeros`,
      ...(range && beyond > 0 ? [`${beyond} beyond the range`] : []),
    ].join(', '),
    odd: oddities(summary).join(', '),
    edges: words,
    counts: [...counts],
    longest: `${activation.layer} · ${widest} to ${widest} · ${most.toLocaleString('en')} values`,
    bars: Array.from(counts).flatMap((count, bin) =>
      count
        ? {
            isNegative: edges[bin + 1]! <= 0,
            at,
            left: bin / bins,
            right: (bin + 1) / bins - gap,
            // One value is seen, however many there are in the fullest bin.
            high: Math.max(1, (HIGH * count) / most),
          }
        : [],
    ),
  };
}

function texts(rows: readonly Row[]): object[] {
  // Places for a wide figure and for a narrow one.
  const text = (
    field: string,
    { x, narrow = x, y, above = y }: { x: string; narrow?: string; y: number; above?: number },
    more: object,
  ) => ({
    data: { values: rows.map(({ bars, edges, counts, longest, ...row }) => row) },
    mark: {
      type: 'text',
      baseline: 'middle',
      fontSize: 10,
      color: ink('muted'),
      x: { expr: `isStacked ? ${narrow} : ${x}` },
      y: { expr: `${BOTTOM} + (isStacked ? ${above} : ${y})` },
      ...more,
    },
    encoding: 'text' in more ? {} : { text: { field, type: 'nominal' } },
  });
  const ranges = Math.max(...rows.map(({ range }) => range.length)) * 6.6;
  const room = `(isStacked ? room - ${Math.ceil(ranges) + 8} : ${LEFT - 10})`;
  const isLong = rows.some(({ layer }) => layer.length > SHORT);
  const left = { align: 'left' };
  const right = { align: 'right' };
  const numbers = { align: { expr: "isStacked ? 'right' : 'left'" } };
  const beside = `${LEFT + BARS + 16}`;
  const middle = -HIGH / 2;
  return [
    text(
      'layer',
      { x: '0', y: middle, above: -62 },
      {
        ...left,
        fontSize: 12,
        fontWeight: 'bold',
        color: ink('ink'),
        limit: LEFT - 10,
        ...(isLong && { text: { expr: inRoom('datum.layer', room, 8) }, limit: { expr: room } }),
      },
    ),
    text('type', { x: '0', y: 0, above: -46 }, { ...left, limit: LEFT - 10 }),
    text('low', { x: FROM, y: 8 }, { ...left, fontSize: 9 }),
    text('high', { x: TO, y: 8 }, { ...right, fontSize: 9 }),
    text(
      'range',
      { x: beside, narrow: 'room', y: middle, above: -62 },
      { ...numbers, color: ink('ink'), fontSize: 11 },
    ),
    text(
      'zeros',
      { x: beside, narrow: 'room', y: 0, above: -46 },
      { ...numbers, limit: WIDE - LEFT - BARS - 16 },
    ),
    ...(rows.some(({ odd }) => odd)
      ? [
          text(
            'odd',
            { x: beside, narrow: 'room / 2', y: 13, above: 8 },
            { align: { expr: "isStacked ? 'center' : 'left'" }, fontSize: 9, color: ODD },
          ),
        ]
      : []),
  ];
}
