import { checkKinds } from '../src/checks/check-kinds';
import { isActivation, valueName } from '../src/checks/value-name';
import { type Activation, type FeatureMap, featureMap, layout, onePicture } from '../src/maps/activation';
import { fieldOf, type MapField } from '../src/maps/map-field';
import type { Scale } from '../src/maps/scale';
import type { Pixels } from '../src/pictures/pixels';
import type { ColormapName } from './colormap';
import { Figure } from './figure';
import { heatmapFigure, imageLayer, ROWS, viewOf } from './heatmap';
import { checkPicture, fitted } from './picture';
import { picturePng } from './png/raster';
import { NARROW, specOf } from './theme';
import { unitsFigure } from './units';

/** Options of `matshow`. */
export interface MatshowOptions {
  /** Which channel, 0 … channels − 1. Default 0; of a layer with steps, such as Conv1D: all, one a row. */
  channel?: number;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'; 'RdBu_r' with 0 in the middle for values on both sides of 0. */
  cmap?: ColormapName;
  /** How values become colours. Default 'minmax', as matplotlib's matshow; 'symmetric' for values on both sides of 0. */
  scale?: Scale;
  /** What the first colour stands for, instead of the scale's own lower end. */
  vmin?: number;
  /** What the last colour stands for, instead of the scale's own upper end. */
  vmax?: number;
  /** The names of a Dense output's units, in their order. */
  labels?: readonly string[];
  /** Default: the layer's name and the channel. */
  title?: string;
  /** The network's input, shown beside the map. */
  picture?: Pixels;
  /** What `receptiveFields` returns: the square of the picture that the position under the pointer sees is framed. */
  fields?: Readonly<Record<string, MapField>>;
}

/** The options of a figure of one map, and what each is. */
export const ONE_MAP = {
  channel: 'number',
  index: 'number',
  cmap: 'string',
  scale: 'scale',
  title: 'string',
} as const;

/** The options of `matshowFigure`, and what each is. */
const OPTIONS = {
  ...ONE_MAP,
  vmin: 'number',
  vmax: 'number',
  labels: 'list',
  picture: 'picture',
  fields: 'any',
} as const;

/** What `matshow` shows: a channel of an activation, a picture, or rows of numbers. */
export type Matrix = Activation | Pixels | readonly (readonly number[])[];

/**
 * A matrix as matplotlib's `matshow` draws it: row 0 on top, one cell per value, and a scale bar. An activation shows
 * one channel; a layer with steps all of them, one a row; a Dense output is bars with numbers; a gray picture is a
 * matrix of its bytes; a colour picture is shown as it is.
 *
 * The pointer shows row, column and value with four significant digits, of large maps three; the colour is exactly matplotlib's.
 *
 * @param matrix an element of what `predict` returns, a picture, or rows of numbers
 * @param options which channel, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @throws {TypeError} when it is not a matrix, or its rows differ in length
 * @example
 * await matshowFigure(activations[0], { channel: 1 }).save('channel-1.png', { scale: 2 });
 * @example
 * show(matshowFigure(activations[4], { channel: 5, picture: img, fields: receptiveFields(model, activations) }));
 * @example
 * show(matshowFigure([[0, 1], [2, 3]], { cmap: 'gray' }));
 */
export function matshowFigure(matrix: Matrix, options: MatshowOptions = {}): Figure {
  checkKinds('draw the map', options, OPTIONS);
  if (Array.isArray(matrix)) return heatmapFigure(fromRows(matrix), options.title ?? 'matrix', options);
  if ((matrix as Pixels)?.data instanceof Uint8Array) return ofPicture(matrix as Pixels, options);
  const activation = matrix as Activation;
  const { channels } = layout(activation);
  const { channel, index, title = activation.layer } = options;
  const sample = onePicture(activation, index);
  if (activation.shape.length === 2) {
    return unitsFigure(featureMap(activation, channel ?? 0, sample).data, title, options);
  }
  if (activation.shape.length === 3 && channel === undefined) {
    return heatmapFigure(stepsOf(activation, sample), title, {
      ...options,
      axes: { x: 'step', y: 'channel' },
    });
  }
  const map = featureMap(activation, channel ?? 0, sample);
  const input = inputOf(options, activation.layer);
  const named = channels > 1 ? `${activation.layer} · channel ${channel ?? 0}` : activation.layer;
  return heatmapFigure(map, options.title ?? named, { ...options, ...(input && { input }) });
}

function inputOf({ picture, fields }: MatshowOptions, layer: string) {
  if (!picture) {
    if (!fields) return undefined;
    throw new TypeError(
      'Cannot frame what a position sees: there is no picture. Pass the picture too, as { picture: img, fields }.',
    );
  }
  checkPicture(picture);
  const field = fieldOf(fields, layer);
  return { picture, ...(field && { field }) };
}

/** All channels of a layer with steps: one a row, steps across. */
function stepsOf(activation: Activation, sample: number): FeatureMap {
  const { width, channels } = layout(activation);
  const data = new Float32Array(channels * width);
  for (let channel = 0; channel < channels; channel++) {
    data.set(featureMap(activation, channel, sample).data, channel * width);
  }
  return { height: channels, width, data };
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
  const { title = 'picture' } = options;
  if (channels === 1) {
    const map = { height, width, data: Float32Array.from(data) };
    return heatmapFigure(map, title, { ...options, cmap: options.cmap ?? 'gray' });
  }
  const size = fitted(picture, 450);
  const caption = `${height} × ${width} pixels in ${channels === 4 ? 'colours with alpha' : 'colours'}`;
  const layer = imageLayer(picturePng(picture), { height, width, data: new Float32Array(0) }, size);
  return new Figure(
    specOf(title, [caption], NARROW, {
      left: ROWS.alone,
      view: viewOf(size, picture, { rows: ROWS.alone, beside: 0 }),
      layer: [{ ...layer, mark: { ...layer.mark, smooth: size.width < width } }],
    }),
    `${title}; ${caption}`,
    { exact: 'all' },
  );
}
