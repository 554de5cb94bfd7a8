import type { CompareOptions } from '../../renderers/compare';
import type { Figure } from '../../renderers/figure';
import type { GridFigureOptions } from '../../renderers/grid';
import type { Matrix, MatshowOptions } from '../../renderers/matshow';
import type { OverlayOptions } from '../../renderers/overlay';
import type { OverviewOptions } from '../../renderers/overview';
import { checkKinds } from '../check-kinds';
import type { Activation } from '../maps/activation';
import { GRID_OPTIONS } from '../maps/grid';
import type { Picture } from '../pictures/pixels';
import { show } from './show';

/** The options of each figure, and what each is. */
const ONE_MAP = {
  channel: 'number',
  index: 'number',
  cmap: 'string',
  scale: 'scale',
  title: 'string',
} as const;
const OPTIONS = {
  matshow: { ...ONE_MAP, vmin: 'number', vmax: 'number' },
  grid: { ...GRID_OPTIONS, cmap: 'string', title: 'string', gutter: 'number', width: 'number' },
  overlay: { ...ONE_MAP, opacity: 'number' },
  overview: { index: 'number', cmap: 'string', title: 'string' },
  channelStats: { index: 'number', title: 'string' },
  compare: { ...ONE_MAP, titles: 'list' },
} as const;

// Vega and canvas take a quarter of a second to load: the first figure loads them, not the import.
const heatmap = (): typeof import('../../renderers/matshow') => require('../../renderers/matshow');
const mosaic = (): typeof import('../../renderers/grid') => require('../../renderers/grid');

/**
 * Shows a channel, a picture or rows of numbers in the running cell, as matplotlib's `matshow` does; see
 * `matshowFigure`.
 *
 * @param matrix an element of what `predict` returns, a picture, or rows of numbers
 * @param options which channel, on which scale, in which colours
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @throws {TypeError} when it is not a matrix
 * @example
 * matshow(activations[0], { channel: 1, cmap: 'viridis' });
 */
export function matshow(matrix: Matrix, options?: MatshowOptions): void {
  show(matshowFigure(matrix, options));
}

/**
 * The figure that `matshow` shows, for programs and tests. The tooltip gives row, column and value. The
 * value is exact to 1/16,000 of the bar's range; the colour is exactly matplotlib's.
 *
 * @param matrix an element of what `predict` returns, a picture, or rows of numbers
 * @param options as `matshow` takes them
 * @returns the figure, row 0 on top
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @throws {TypeError} when it is not a matrix
 * @example
 * await matshowFigure(activations[0], { channel: 1 }).save('channel-1.png', { scale: 2 });
 * @example
 * show(matshowFigure([[0, 1], [2, 3]], { cmap: 'gray' }));
 */
export function matshowFigure(matrix: Matrix, options?: MatshowOptions): Figure {
  checkKinds('draw the map', options, OPTIONS.matshow);
  return heatmap().matshowFigure(matrix, options);
}

/**
 * Shows every channel of a layer in the running cell, the tutorial's grid; see `gridFigure`.
 *
 * @param activation an element of what `predict` returns
 * @param options which channels, in which order, on which scale, in which colours
 * @throws {RangeError} for a channel, scale or colour map that does not exist
 * @throws {TypeError} when it is not an activation
 * @example
 * for (const activation of activations) grid(activation, { imagesPerRow: 16 });
 */
export function grid(activation: Activation, options?: GridFigureOptions): void {
  show(gridFigure(activation, options));
}

/**
 * The figure that `grid` shows, for programs and tests. A tile's channel is the number of its row plus the number of
 * its column. Dead channels are gray with a cross.
 *
 * @param activation an element of what `predict` returns
 * @param options as `grid` takes them
 * @returns the figure
 * @throws {RangeError} for a channel, scale or colour map that does not exist
 * @throws {TypeError} when it is not an activation
 * @example
 * show(gridFigure(activations[0], { scale: 'shared' }));
 */
export function gridFigure(activation: Activation, options?: GridFigureOptions): Figure {
  checkKinds('draw the grid', options, OPTIONS.grid);
  return mosaic().gridFigure(activation, options);
}

/**
 * Shows a channel's map over the picture in the running cell, with a slider for its opacity; see `overlayFigure`.
 *
 * @param picture the network's input
 * @param activation an element of what `predict` returns
 * @param options which channel, how opaque, on which scale, in which colours
 * @throws {RangeError} for a channel, index, opacity, scale or colour map that does not exist
 * @throws {TypeError} when it is not a picture
 * @example
 * overlay(img, activations[4], { channel: 20, opacity: 0.6 });
 */
export function overlay(picture: Picture, activation: Activation, options?: OverlayOptions): void {
  show(overlayFigure(picture, activation, options));
}

/**
 * The figure that `overlay` shows, for programs and tests: the map resized bilinearly as `tf.image.resize` does.
 *
 * @param picture the network's input
 * @param activation an element of what `predict` returns
 * @param options as `overlay` takes them
 * @returns the figure
 * @throws {RangeError} for a channel, index, opacity, scale or colour map that does not exist
 * @throws {TypeError} when it is not a picture
 * @example
 * show(overlayFigure(img, activations[4], { channel: 20 }));
 */
export function overlayFigure(picture: Picture, activation: Activation, options?: OverlayOptions): Figure {
  const { overlayFigure }: typeof import('../../renderers/overlay') = require('../../renderers/overlay');
  checkKinds('lay the map over the picture', options, OPTIONS.overlay);
  return overlayFigure(picture, activation, options);
}

/**
 * Shows a whole network in the running cell, one row per layer: shape, range, zeros, dead channels, some maps; see
 * `overviewFigure`.
 *
 * @param activations what `predict` returns
 * @param options in which colours, under which title
 * @throws {RangeError} for no activations, or an index or colour map that does not exist
 * @example
 * overview(await predict(model, imgTensor));
 */
export function overview(activations: readonly Activation[], options?: OverviewOptions): void {
  show(overviewFigure(activations, options));
}

/**
 * The figure that `overview` shows, for programs and tests.
 *
 * @param activations what `predict` returns
 * @param options as `overview` takes them
 * @returns the figure; it shows at most 500 layers, and says so
 * @throws {RangeError} for no activations, or an index or colour map that does not exist
 * @example
 * console.log(overviewFigure(activations).text);
 */
export function overviewFigure(activations: readonly Activation[], options?: OverviewOptions): Figure {
  const { overviewFigure }: typeof import('../../renderers/overview') = require('../../renderers/overview');
  checkKinds('draw an overview', options, OPTIONS.overview);
  return overviewFigure(activations, options);
}

/**
 * The statistics of a layer's channels as a figure: range, mean ± σ, zeros, the dead ones by number.
 *
 * @param activation an element of what `predict` returns
 * @param options which sample, which title
 * @param options.index index of the sample in the batch; needed when there are several
 * @param options.title default the layer's name
 * @returns the figure
 * @throws {RangeError} when there is no such sample, or several and none was chosen
 * @example
 * show(channelStatsFigure(activations[0]));
 */
export function channelStatsFigure(
  activation: Activation,
  options?: { index?: number; title?: string },
): Figure {
  const {
    channelStatsFigure,
  }: typeof import('../../renderers/channel-stats') = require('../../renderers/channel-stats');
  checkKinds("draw the channels' statistics", options, OPTIONS.channelStats);
  return channelStatsFigure(activation, options);
}

/**
 * Shows the same channel of several activations side by side on one scale; see `compareFigure`.
 *
 * @param activations two or more; of two pictures, of two layers or of two models
 * @param options which channel, on which scale, in which colours
 * @throws {RangeError} for fewer than two activations, or a channel, index, scale or colour map that does not exist
 * @example
 * compare([activations[0], activations[1]], { channel: 3, titles: ['before pooling', 'after'] });
 */
export function compare(activations: readonly Activation[], options?: CompareOptions): void {
  show(compareFigure(activations, options));
}

/**
 * The figure that `compare` shows, for programs and tests: equal colours are equal numbers.
 *
 * @param activations two or more
 * @param options as `compare` takes them
 * @returns the figure
 * @throws {RangeError} for fewer than two activations, or a channel, index, scale or colour map that does not exist
 * @example
 * show(compareFigure([activations[0], activations[1]], { channel: 3 }));
 */
export function compareFigure(activations: readonly Activation[], options?: CompareOptions): Figure {
  const { compareFigure }: typeof import('../../renderers/compare') = require('../../renderers/compare');
  checkKinds('compare', options, OPTIONS.compare);
  return compareFigure(activations, options);
}
