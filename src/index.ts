export type { ColormapName } from '../renderers/colormap';
export type { CompareOptions } from '../renderers/compare';
export type { ExploreOptions } from '../renderers/explore';

import '../renderers/node';
import { setFaces } from './cell/faces';

export type { Figure } from '../renderers/figure';
export type { GridFigureOptions } from '../renderers/grid';
export type { Matrix, MatshowOptions } from '../renderers/matshow';
export type { OverlayOptions } from '../renderers/overlay';
export type { OverviewOptions } from '../renderers/overview';
export type { PredictionsFigureOptions } from '../renderers/predictions';
export type { MimeBundle, Spec } from '../renderers/spec';
export { type ExploreInCellOptions, explore, exploreFigure } from './cell/explore';
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
} from './cell/plot';
export { type PredictionsOptions, predictions, predictionsFigure } from './cell/predictions';
export { show } from './cell/show';
export { type Control, checkbox, dropdown, interact, type Output, output, slider } from './cell/widgets';
export { BackendError, FigureError, KernelError, ModelError, NotebookError, PictureError } from './errors';
export { type LayerClass, registerLayer } from './keras/layers/custom';
export { loadModel } from './keras/load';
export type { LoadOptions } from './keras/load-options';
export type { Layer, LayerChoice, Model, ModelEnd, Shape, Tensor } from './keras/model';
export type { Input } from './keras/run/inputs';
export type { Labels } from './keras/run/labels';
export { type PredictOptions, predict } from './keras/run/predict';
export { summary, summaryText } from './keras/summary';
export type { Activation, FeatureMap } from './maps/activation';
export { featureMap } from './maps/activation';
export { type ChannelStats, channelStats } from './maps/channel-stats';
export { displayGrid, type Grid, type GridOptions, type Raster, type Tile } from './maps/grid';
export type { Prediction } from './maps/prediction';
export type { Scale } from './maps/scale';
export { type Stats, stats } from './maps/stats';
export { type LoadImageOptions, loadImage } from './pictures/load';
export type { ColorMode, Picture, Pixels } from './pictures/pixels';
export type { Architecture, Preprocess, PreprocessMode } from './pictures/preprocess';
export type { Interpolation } from './pictures/resample';
export { type ToTensorOptions, toTensor } from './pictures/to-tensor';

setFaces();
