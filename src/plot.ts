import type { CompareOptions } from '../renderers/compare';
import type { Figure } from '../renderers/figure';
import type { Matrix, MatshowOptions } from '../renderers/heatmap';
import type { GridFigureOptions } from '../renderers/mosaic';
import type { OverlayOptions } from '../renderers/overlay';
import type { OverviewOptions } from '../renderers/overview';
import type { Activation } from './activation';
import type { Picture } from './image';
import { show } from './show';

// Vega and canvas take a quarter of a second to load: the first figure loads them, not the import.
const heatmap = (): typeof import('../renderers/heatmap') => require('../renderers/heatmap');
const mosaic = (): typeof import('../renderers/mosaic') => require('../renderers/mosaic');

/**
 * Shows a channel, a picture or rows of numbers in the running cell, as matplotlib's `matshow` does; see
 * `matshowFigure`.
 *
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @example matshow(activations[0], { channel: 1, cmap: 'viridis' });
 */
export function matshow(matrix: Matrix, options?: MatshowOptions): void {
  show(matshowFigure(matrix, options));
}

/** The figure that `matshow` shows, for programs and tests. */
export function matshowFigure(matrix: Matrix, options?: MatshowOptions): Figure {
  return heatmap().matshowFigure(matrix, options);
}

/**
 * Shows every channel of a layer in the running cell, the tutorial's grid; see `gridFigure`.
 *
 * @throws {RangeError} for a channel, scale or colour map that does not exist
 * @example for (const activation of activations) grid(activation, { imagesPerRow: 16 });
 */
export function grid(activation: Activation, options?: GridFigureOptions): void {
  show(gridFigure(activation, options));
}

/** The figure that `grid` shows, for programs and tests. */
export function gridFigure(activation: Activation, options?: GridFigureOptions): Figure {
  return mosaic().gridFigure(activation, options);
}

/**
 * Shows a channel's map over the picture in the running cell, with a slider for its opacity; see `overlayFigure`.
 *
 * @throws {RangeError} for a channel, index, opacity, scale or colour map that does not exist
 * @example overlay(img, activations[4], { channel: 20, opacity: 0.6 });
 */
export function overlay(picture: Picture, activation: Activation, options?: OverlayOptions): void {
  show(overlayFigure(picture, activation, options));
}

/** The figure that `overlay` shows, for programs and tests. */
export function overlayFigure(picture: Picture, activation: Activation, options?: OverlayOptions): Figure {
  const { overlayFigure }: typeof import('../renderers/overlay') = require('../renderers/overlay');
  return overlayFigure(picture, activation, options);
}

/**
 * Shows a whole network in the running cell, a row a layer: shape, range, zeros, dead channels, some maps; see
 * `overviewFigure`.
 *
 * @throws {RangeError} for no activations, or an index or colour map that does not exist
 * @example overview(await predict(model, imgTensor));
 */
export function overview(activations: readonly Activation[], options?: OverviewOptions): void {
  show(overviewFigure(activations, options));
}

/** The figure that `overview` shows, for programs and tests. */
export function overviewFigure(activations: readonly Activation[], options?: OverviewOptions): Figure {
  const { overviewFigure }: typeof import('../renderers/overview') = require('../renderers/overview');
  return overviewFigure(activations, options);
}

/**
 * The statistics of a layer's channels as a figure: range, mean ± σ, zeros, the dead ones by number.
 *
 * @throws {RangeError} when there is no such picture in the batch, or several and none was chosen
 * @example show(channelStatsFigure(activations[0]));
 */
export function channelStatsFigure(
  activation: Activation,
  options?: { index?: number; title?: string },
): Figure {
  const {
    channelStatsFigure,
  }: typeof import('../renderers/channel-stats') = require('../renderers/channel-stats');
  return channelStatsFigure(activation, options);
}

/**
 * Shows the same channel of several activations side by side on one scale; see `compareFigure`.
 *
 * @throws {RangeError} for fewer than two activations, or a channel, index, scale or colour map that does not exist
 * @example compare([ofCat[0], ofDog[0]], { channel: 3, titles: ['cat', 'dog'] });
 */
export function compare(activations: readonly Activation[], options?: CompareOptions): void {
  show(compareFigure(activations, options));
}

/** The figure that `compare` shows, for programs and tests. */
export function compareFigure(activations: readonly Activation[], options?: CompareOptions): Figure {
  const { compareFigure }: typeof import('../renderers/compare') = require('../renderers/compare');
  return compareFigure(activations, options);
}
