/** What shows something in a cell: of a notebook (index.ts), and of a page that runs (live/engine/convlens.ts). */

export type { ArchitectureOptions } from '../renderers/architecture';
export { type PredictionsFigureOptions, predictionsFigure } from '../renderers/predictions';
export { architecture, architectureFigure } from './cell/architecture';
export { type Control, checkbox, dropdown, slider } from './cell/controls';
export { filters, heatmap } from './cell/explain';
export { type ExploreInCellOptions, explore } from './cell/explore';
export { interact } from './cell/interact';
export { type KernelsOptions, kernels, kernelsFigure } from './cell/kernels';
export { type Output, output } from './cell/output';
export { compare, grid, histogram, matshow, overlay, overview } from './cell/plot';
export { show } from './cell/show';
export { summary } from './keras/summary';
