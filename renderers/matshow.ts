import { checkKinds } from '../src/check-kinds';
import { type Activation, type FeatureMap, featureMap, layout, onePicture } from '../src/maps/activation';
import { type Raster, rasterOf } from '../src/maps/grid';
import { range, type Scale } from '../src/maps/scale';
import { notFiniteCount, type Stats, stats } from '../src/maps/stats';
import type { Pixels } from '../src/pictures/pixels';
import { isActivation, valueName } from '../src/value-name';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { checkPicture, dataUrl } from './picture';
import { colorsOf, picturePng, rasterPng } from './png/raster';
import { scaleBar } from './scale-bar';
import type { Spec } from './spec';
import { DEAD, NOT_FINITE, oddities, rangeWords, SCHEMA, short, THEME } from './theme';

/** Options of `matshow`. */
export interface MatshowOptions {
  /** Which channel, 0 … channels − 1. Default 0. */
  channel?: number;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** How values become colours. Default 'minmax', as matplotlib's matshow. */
  scale?: Scale;
  /** What the first colour stands for, instead of the scale's own lower end. */
  vmin?: number;
  /** What the last colour stands for, instead of the scale's own upper end. */
  vmax?: number;
  /** Default: the layer's name and the channel. */
  title?: string;
}

/** The options of a figure of one map, and what each is. */
export const ONE_MAP = {
  channel: 'number',
  index: 'number',
  cmap: 'string',
  scale: 'scale',
  title: 'string',
} as const;

/** Above this many cells the spec would take megabytes and slow the browser down: then there are colours only, and the caption says so. */
const MOST_CELLS = 65_536;

/** What `matshow` shows: a channel of an activation, a picture, or rows of numbers. */
export type Matrix = Activation | Pixels | readonly (readonly number[])[];

/**
 * A matrix as matplotlib's `matshow` draws it: row 0 on top, one cell per value, and a scale bar. An activation
 * shows one channel; a gray picture is a matrix of its bytes; a colour picture is shown as it is.
 *
 * The tooltip gives row, column and value; the value is exact to 1/16,000 of the bar's range
 * (for cells beyond `vmin`…`vmax`: to 1/64 of the distance beyond), and the colour is exactly matplotlib's.
 *
 * @param matrix an element of what `predict` returns, a picture, or rows of numbers
 * @param options which channel, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @throws {TypeError} when it is not a matrix, or its rows differ in length
 * @example
 * await matshowFigure(activations[0], { channel: 1 }).save('channel-1.png', { scale: 2 });
 * @example
 * show(matshowFigure([[0, 1], [2, 3]], { cmap: 'gray' }));
 */
export function matshowFigure(matrix: Matrix, options: MatshowOptions = {}): Figure {
  checkKinds('draw the map', options, { ...ONE_MAP, vmin: 'number', vmax: 'number' });
  const { channel = 0, cmap = 'viridis' } = options;
  if (Array.isArray(matrix)) return heatmap(fromRows(matrix), options.title ?? 'matrix', cmap, options);
  if ((matrix as Pixels)?.data instanceof Uint8Array) return ofPicture(matrix as Pixels, options);
  const activation = matrix as Activation;
  const { channels } = layout(activation);
  const map = featureMap(activation, channel, onePicture(activation, options.index));
  const title =
    options.title ?? (channels > 1 ? `${activation.layer} · channel ${channel}` : activation.layer);
  return heatmap(map, title, cmap, options);
}

function fromRows(rows: readonly (readonly number[])[]): FeatureMap {
  if (rows.some(isActivation)) {
    throw new TypeError(
      `Cannot show ${valueName(rows)} as one map: pass one of it, such as activations[0], or use grid or explore.`,
    );
  }
  const width = rows[0]?.length ?? 0;
  const even = rows.every(
    (row) => Array.isArray(row) && row.length === width && row.every((value) => typeof value === 'number'),
  );
  if (width === 0 || !even) {
    throw new TypeError('Cannot show these rows: give arrays of numbers, all of one length, at least one.');
  }
  return { height: rows.length, width, data: Float32Array.from(rows.flat()) };
}

function ofPicture(picture: Pixels, options: MatshowOptions): Figure {
  checkPicture(picture);
  const { height, width, channels, data } = picture;
  const { title = 'picture', cmap = 'gray' } = options;
  if (channels === 1) return heatmap({ height, width, data: Float32Array.from(data) }, title, cmap, options);
  const map = { height, width, data: new Float32Array(0) };
  const cell = cellSize(height, width);
  const size = { height: cell.height * height, width: cell.width * width };
  const caption = `${height} × ${width} pixels in ${channels === 4 ? 'colours with alpha' : 'colours'}`;
  const spec: Spec = {
    $schema: SCHEMA,
    config: THEME,
    title: { text: title, subtitle: caption },
    ...size,
    ...imageLayer(picturePng(picture), map, size),
  };
  return new Figure(spec, `${title}; ${caption}`, { exact: 'all' });
}

function heatmap(map: FeatureMap, title: string, cmap: ColormapName, options: MatshowOptions): Figure {
  const { height, width, data } = map;
  const summary = stats(data);
  const [low, high] = limits(summary, options);
  const flat = !(summary.min < summary.max);
  const colors = flat ? DEAD.slice(1).repeat(256) : colormap(cmap);
  const cells = data.length <= MOST_CELLS;
  const caption = [
    ...captionOf(map, summary, low, high),
    ...(cells ? [] : ['too large for values under the pointer']),
  ];
  const cell = cellSize(height, width);
  const size = { width: cell.width * width, height: cell.height * height };
  const figure = (layer: object, params: object[] = []): Spec => ({
    $schema: SCHEMA,
    config: THEME,
    title: { text: title, subtitle: caption.join(' · ') },
    params: [{ name: 'colors', value: colors }, ...params],
    spacing: 16,
    hconcat: [{ ...size, ...layer }, ...(flat ? [] : [scaleBar([low, high], Math.max(120, size.height))])],
  });
  const raster = rasterOf(map, [low, high], summary);
  const drawing = figure(imageLayer(rasterPng(raster, colors, NOT_FINITE), map, size));
  const spec = cells
    ? figure(cellLayer(map, [low, high], summary), [
        { name: 'digits', value: DIGITS },
        { name: 'cells', value: encodeCells(data, raster, [low, high], summary) },
      ])
    : drawing;
  return new Figure(spec, [title, ...caption].join('; '), {
    drawing,
    exact: colorsOf(raster, colors),
  });
}

/** The ends of the scale bar. */
function limits(summary: Stats, { scale = 'minmax', vmin, vmax }: MatshowOptions): [number, number] {
  const [low, high] = range(scale, summary);
  const ends: [number, number] = [vmin ?? low, vmax ?? high];
  if (vmin !== undefined || vmax !== undefined) range(ends, summary);
  return ends;
}

function captionOf({ height, width }: FeatureMap, summary: Stats, low: number, high: number): string[] {
  const { min, max, dead } = summary;
  const outside = min < low || max > high;
  return [
    `${height} × ${width}`,
    !dead && min === max ? `every finite value is ${short(min)}` : rangeWords(summary),
    ...(outside && min < max ? [`colours end at ${short(low)} and ${short(high)}`] : []),
    ...oddities(summary),
  ];
}

/** CSS pixels per cell: whole, so that all cells are equally wide; a vector becomes a strip. */
function cellSize(height: number, width: number): { height: number; width: number } {
  if (height === 1 && width > 1) return { height: 40, width: Math.max(1, Math.floor(720 / width)) };
  const side = Math.max(1, Math.floor(450 / Math.max(height, width)));
  return { height: side, width: side };
}

/** matplotlib's matshow axes: whole numbers at cell centres, columns on top; a vector's cells are its units. */
function axes({ height, width }: FeatureMap) {
  const strip = height === 1 && width > 1;
  const axis = (cells: number, title: string) => ({
    title,
    tickMinStep: 1,
    format: 'd',
    // With few cells, Vega also puts ticks between them.
    ...(cells <= 12 && { values: Array.from({ length: cells }, (_, i) => i) }),
  });
  const scale = (domain: [number, number]) => ({ domain, nice: false, zero: false });
  return {
    x: {
      type: 'quantitative',
      scale: scale([-0.5, width - 0.5]),
      axis: { ...axis(width, strip ? 'unit' : 'column'), orient: 'top' },
    },
    y: {
      type: 'quantitative',
      // `reverse` instead of a descending domain: with one, Vega's tickMinStep drops all ticks.
      scale: { ...scale([-0.5, height - 0.5]), reverse: true },
      axis: strip ? null : axis(height, 'row'),
    },
  };
}

/** A raster as one image under the axes of its map. */
export function imageLayer(png: Uint8Array, map: FeatureMap, size: { height: number; width: number }) {
  const { x, y } = axes(map);
  return {
    data: { values: [{ left: -0.5, top: -0.5 }] },
    mark: { type: 'image', ...size, align: 'left', baseline: 'top', aspect: false, smooth: false },
    encoding: {
      x: { field: 'left', ...x },
      y: { field: 'top', ...y },
      url: { value: dataUrl(png) },
    },
  };
}

/** Printable characters that JSON does not escape: 93 digits. */
const DIGITS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((digit) => digit !== '"' && digit !== '\\')
  .join('');

/** Values distinguished within a colour step: 256 × 33 fit into two digits. */
const PLACES = 33;

/** Codes of NaN, +Infinity and −Infinity, after those of all finite values. */
const NOT_NUMBERS = [256 * PLACES, 256 * PLACES + 1, 256 * PLACES + 2];

/** The range of values of each colour step; the first and the last step extend to the extreme values. */
function coverage(
  step: number,
  [low, high]: [number, number],
  { min, max }: Stats,
): [from: number, to: number] {
  const width = (high - low) / 256 || 0;
  const from = step === 0 ? Math.min(low, min) : low + step * width;
  const to = step === 255 ? Math.max(high, max) : low + (step + 1) * width;
  return [from || 0, to || 0];
}

/**
 * Two digits per cell: colour step × 33 + the value's position within the step. Colours are exact, and 148 × 148
 * cells take 44 kB instead of 900 kB as objects.
 */
function encodeCells(
  values: Float32Array,
  { data: steps, notFinite }: Raster,
  ends: [number, number],
  summary: Stats,
): string {
  let cells = '';
  for (let i = 0; i < values.length; i++) {
    const [from, to] = coverage(steps[i]!, ends, summary);
    const place = Math.round(((values[i]! - from) / (to - from)) * (PLACES - 1)) || 0;
    const finite = steps[i]! * PLACES + Math.min(PLACES - 1, Math.max(0, place));
    const code = notFinite?.[i] ? NOT_NUMBERS[notFinite[i]! - 1] : finite;
    cells += DIGITS[Math.floor(code! / DIGITS.length)]! + DIGITS[code! % DIGITS.length]!;
  }
  return cells;
}

/** One rectangle per cell, read from the param `cells`. */
function cellLayer(map: FeatureMap, [low, high]: [number, number], summary: Stats) {
  const { x, y } = axes(map);
  const [bottom] = coverage(0, [low, high], summary);
  const [, top] = coverage(255, [low, high], summary);
  const allFinite = notFiniteCount(summary) === 0;
  /** `texts` for NaN, +Infinity and −Infinity, `otherwise` for numbers. */
  const choose = (texts: readonly string[], otherwise: string) =>
    allFinite
      ? otherwise
      : texts.reduce((rest, text, i) => `datum.code === ${NOT_NUMBERS[i]} ? '${text}' : ${rest}`, otherwise);
  const calculate = (as: string, expression: string) => ({ calculate: expression, as });
  return {
    data: { sequence: { start: 0, stop: map.data.length, as: 'cell' } },
    transform: [
      calculate('row', `floor(datum.cell / ${map.width})`),
      calculate('column', `datum.cell % ${map.width}`),
      ...['row', 'column'].flatMap((field) => [
        calculate(`${field}Start`, `datum.${field} - 0.5`),
        calculate(`${field}End`, `datum.${field} + 0.5`),
      ]),
      calculate(
        'code',
        `indexof(digits, cells[2 * datum.cell]) * ${DIGITS.length} + indexof(digits, cells[2 * datum.cell + 1])`,
      ),
      calculate('step', `floor(datum.code / ${PLACES})`),
      calculate('place', `(datum.code % ${PLACES}) / ${PLACES - 1}`),
      calculate('from', `datum.step === 0 ? ${bottom} : ${low} + datum.step * ${(high - low) / 256 || 0}`),
      calculate('to', `datum.step === 255 ? ${top} : ${low} + (datum.step + 1) * ${(high - low) / 256 || 0}`),
      calculate('number', 'datum.from + datum.place * (datum.to - datum.from)'),
      calculate(
        'value',
        choose(['NaN', '+Infinity', '−Infinity'], `format(datum.number, '${valueFormat(bottom, top)}')`),
      ),
      calculate('color', choose(NOT_FINITE, "'#' + slice(colors, 6 * datum.step, 6 * datum.step + 6)")),
    ],
    mark: { type: 'rect' },
    encoding: {
      x: { field: 'columnStart', ...x },
      x2: { field: 'columnEnd' },
      y: { field: 'rowStart', ...y },
      y2: { field: 'rowEnd' },
      color: { field: 'color', type: 'nominal', scale: null },
      tooltip: ['row', 'column', 'value'].map((field) => ({ field, type: 'nominal' })),
    },
  };
}

/** Decimals that the encoded precision supports. */
function valueFormat(bottom: number, top: number): string {
  const decimals = Math.ceil(3.5 - Math.log10(top - bottom || Math.abs(top) || 1));
  return decimals >= 0 && decimals <= 9 ? `.${decimals}f` : '.5~g';
}
