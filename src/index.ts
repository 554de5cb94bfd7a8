export type { ColormapName } from '../renderers/colormap';
export type { CompareOptions } from '../renderers/compare';
export type { ExploreOptions } from '../renderers/explorer';
export type { Figure, MimeBundle, Spec } from '../renderers/figure';
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
export { displayGrid, type Grid, type GridOptions, type Raster, type Tile } from './grid';
export { type LoadImageOptions, loadImage, type Picture, toTensor } from './image';
export { type LayerClass, registerLayer } from './keras/layers/custom';
export { type LoadOptions, loadModel } from './keras/load';
export type { Layer, Model, ModelEnd, Shape, Tensor } from './keras/model';
export { type Control, checkbox, dropdown, interact, type Output, output, slider } from './kernel/widgets';
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
export type { Interpolation, Pixels } from './resample';
export type { Scale } from './scale';
export { show } from './show';
export { type Stats, stats } from './stats';
export { summary, summaryText } from './summary';
