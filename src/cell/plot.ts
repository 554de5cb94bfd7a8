import { type CompareOptions, compareFigure } from '../../renderers/compare';
import { type GridFigureOptions, gridFigure } from '../../renderers/grid';
import { type HistogramOptions, histogramFigure } from '../../renderers/histogram';
import { type Matrix, type MatshowOptions, matshowFigure } from '../../renderers/matshow';
import { type OverlayOptions, overlayFigure } from '../../renderers/overlay';
import { type OverviewOptions, overviewFigure } from '../../renderers/overview';
import type { Activation } from '../maps/activation';
import type { Picture } from '../pictures/pixels';
import { show } from './show';

/**
 * Shows {@link matshowFigure} in the running cell: a channel, a picture or rows of numbers, as matplotlib's `matshow`
 * does.
 *
 * @param matrix an element of what `predict` returns, a picture, or rows of numbers
 * @param options which channel, on which scale, in which colours
 * @example
 * matshow(activations[0], { channel: 1, cmap: 'viridis' });
 */
export function matshow(matrix: Matrix, options?: MatshowOptions): void {
  show(matshowFigure(matrix, options));
}

/**
 * Shows {@link gridFigure} in the running cell: every channel of a layer, the tutorial's grid.
 *
 * @param activation an element of what `predict` returns
 * @param options which channels, in which order, on which scale, in which colours
 * @example
 * for (const activation of activations) grid(activation, { imagesPerRow: 16 });
 */
export function grid(activation: Activation, options?: GridFigureOptions): void {
  show(gridFigure(activation, options));
}

/**
 * Shows {@link overlayFigure} in the running cell: a channel's map over the picture, with a slider for its opacity.
 *
 * @param picture the network's input
 * @param activation an element of what `predict` returns
 * @param options which channel, how opaque, on which scale, in which colours
 * @example
 * overlay(img, activations[4], { channel: 20, opacity: 0.6 });
 */
export function overlay(picture: Picture, activation: Activation, options?: OverlayOptions): void {
  show(overlayFigure(picture, activation, options));
}

/**
 * Shows {@link overviewFigure} in the running cell: a whole network, one row per layer.
 *
 * @param activations what `predict` returns
 * @param options in which colours, under which title
 * @example
 * overview(await predict(model, imgTensor));
 */
export function overview(activations: readonly Activation[], options?: OverviewOptions): void {
  show(overviewFigure(activations, options));
}

/**
 * Shows {@link compareFigure} in the running cell: the same channel of several activations side by side on one scale.
 *
 * @param activations two or more; of two pictures, of two layers or of two models
 * @param options which channel, on which scale, in which colours
 * @example
 * compare([activations[0], activations[1]], { channel: 3, titles: ['before pooling', 'after'] });
 */
export function compare(activations: Activation | readonly Activation[], options?: CompareOptions): void {
  show(compareFigure(activations, options));
}

/**
 * Shows {@link histogramFigure} in the running cell: how the values of each layer are distributed.
 *
 * @param activations what `predict` returns, or one of it
 * @param options how many bins, and over which range
 * @example
 * histogram(activations);
 */
export function histogram(activations: Activation | readonly Activation[], options?: HistogramOptions): void {
  show(histogramFigure(activations, options));
}
