import { type ClassHeatmapOptions, heatmapFigure } from '../../renderers/class-heatmap';
import { type FilterPicture, type FiltersOptions, filtersFigure } from '../../renderers/filters';
import type { Activation } from '../maps/activation';
import type { Picture } from '../pictures/pixels';
import { show } from './show';

/**
 * Shows {@link heatmapFigure} in the running cell: the picture, a class heatmap, both together, and the model's answer.
 *
 * @param picture the network's input
 * @param map what `gradCam` or `saliency` returns
 * @param options how opaque, on which scale, in which colours
 * @example
 * heatmap(img, await gradCam(model, img, { labels: ['cat', 'dog'] }));
 */
export function heatmap(picture: Picture, map: Activation, options?: ClassHeatmapOptions): void {
  show(heatmapFigure(picture, map, options));
}

/**
 * Shows {@link filtersFigure} in the running cell: what filters respond to, as a grid of pictures.
 *
 * @param patterns what `filterPatterns` returns
 * @param options pictures per row, and the title
 * @example
 * filters(await filterPatterns(model, { layer: 'conv2d_3', channels: [1, 2], size: 64, steps: 16 }));
 */
export function filters(patterns: readonly FilterPicture[], options?: FiltersOptions): void {
  show(filtersFigure(patterns, options));
}
