import type { Figure } from '../renderers/figure';
import type { MatshowOptions } from '../renderers/heatmap';
import type { GridFigureOptions } from '../renderers/mosaic';
import type { Activation } from './activation';
import { show } from './show';

// Vega and canvas take a quarter of a second to load: the first figure loads them, not the import.
const heatmap = (): typeof import('../renderers/heatmap') => require('../renderers/heatmap');
const mosaic = (): typeof import('../renderers/mosaic') => require('../renderers/mosaic');

/**
 * Shows one channel in the running cell, as matplotlib's `matshow` does; see `matshowFigure`.
 *
 * @throws {RangeError} for a channel, index, scale or colour map that does not exist
 * @example matshow(activations[0], { channel: 1, cmap: 'viridis' });
 */
export function matshow(activation: Activation, options?: MatshowOptions): void {
  show(matshowFigure(activation, options));
}

/** The figure that `matshow` shows, for programs and tests. */
export function matshowFigure(activation: Activation, options?: MatshowOptions): Figure {
  return heatmap().matshowFigure(activation, options);
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
