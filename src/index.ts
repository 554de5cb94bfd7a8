export type { ColormapName } from '../renderers/colormap';
export type { CompareOptions } from '../renderers/compare';
export type { ExploreOptions } from '../renderers/explorer';
export type { Figure } from '../renderers/figure';
export type { Matrix, MatshowOptions } from '../renderers/heatmap';
export type { GridFigureOptions } from '../renderers/mosaic';
export type { OverlayOptions } from '../renderers/overlay';
export type { OverviewOptions } from '../renderers/overview';
export type { Activation, FeatureMap } from './activation';
export { featureMap } from './activation';
export { type PredictOptions, predict } from './activations';
export { type ChannelStats, channelStats } from './channel-stats';
export { BackendError, FigureError, KernelError, ModelError, NotebookError, PictureError } from './errors';
export { type ExploreInCellOptions, explore, exploreFigure } from './explore';
export { displayGrid, type GridOptions } from './grid';
export { type LoadImageOptions, loadImage, type Picture, toTensor } from './image';
export { registerLayer } from './keras/layers/custom';
export { loadModel } from './keras/load';
export type { Layer, Model, Tensor } from './keras/model';
export { checkbox, dropdown, interact, output, slider } from './kernel/widgets';
export {
  channelStatsFigure,
  compare,
  compareFigure,
  grid,
  gridFigure,
  matshow,
  matshowFigure,
  overlay,
  overlayFigure,
  overview,
  overviewFigure,
} from './plot';
export { show } from './show';
export { type Stats, stats } from './stats';
export { summary, summaryText } from './summary';
