export type { ArchitectureOptions } from '../renderers/architecture';
export { type ChannelStatsFigureOptions, channelStatsFigure } from '../renderers/channel-stats';
export { type ClassHeatmapOptions, heatmapFigure } from '../renderers/class-heatmap';
export type { ColormapName } from '../renderers/colormap';
export { type CompareOptions, compareFigure } from '../renderers/compare';
export { type ExploreOptions, exploreFigure } from '../renderers/explore';
export { type FilterPicture, type FiltersOptions, filtersFigure } from '../renderers/filters';

import '../renderers/node';
import './live/use-live-pages';
import { setFaces } from './cell/faces';
import { showProgress } from './cell/progress';

export type { Figure } from '../renderers/figure';
export { type GridFigureOptions, gridFigure } from '../renderers/grid';
export { type HistogramOptions, histogramFigure } from '../renderers/histogram';
export { type Matrix, type MatshowOptions, matshowFigure } from '../renderers/matshow';
export { type OverlayOptions, overlayFigure } from '../renderers/overlay';
export { type OverviewOptions, overviewFigure } from '../renderers/overview';
export type { SaveOptions } from '../renderers/platform';
export { type PredictionsFigureOptions, predictionsFigure } from '../renderers/predictions';
export type { MimeBundle, Spec } from '../renderers/spec';
export { atlas } from './atlas/atlas';
export type { AtlasOptions, AtlasProgress } from './atlas/atlas-options';
export {
  type AtlasFigureOptions,
  atlasFigure,
  type ChannelFigureOptions,
  channelFigure,
} from './atlas/figures';
export { loadAtlas } from './atlas/output/json';
export { architecture, architectureFigure } from './cell/architecture';
export { type Control, checkbox, dropdown, slider } from './cell/controls';
export { filters, heatmap } from './cell/explain';
export { type ExploreInCellOptions, explore } from './cell/explore';
export { interact } from './cell/interact';
export { type KernelsOptions, kernels, kernelsFigure } from './cell/kernels';
export { type Output, output } from './cell/output';
export { compare, grid, histogram, matshow, overlay, overview } from './cell/plot';
export { type PredictionsOptions, predictions } from './cell/predictions';
export { type SaveFiguresOptions, saveFigures } from './cell/save-figures';
export { show } from './cell/show';
export {
  AtlasError,
  BackendError,
  FigureError,
  KernelError,
  ModelError,
  NotebookError,
  PictureError,
} from './errors';
export { type AttentionMapsOptions, attentionMaps } from './explain/attention-maps';
export type { Explanation } from './explain/explanation';
export { type FilterPattern, type FilterPatternsOptions, filterPatterns } from './explain/filter-patterns';
export { type GradCamOptions, gradCam } from './explain/grad-cam';
export {
  type ReceptiveField,
  type ReceptiveFieldOptions,
  receptiveField,
  receptiveFields,
} from './explain/receptive-field';
export { saliency } from './explain/saliency';
export type { SaliencyOptions } from './explain/saliency-options';
export type { Explained, Region, Target, TargetChoice } from './explain/target';
export { type Patch, type TopPatchesOptions, topPatches } from './explain/top-patches';
export {
  type ActivationFunction,
  type LayerClass,
  type RegisterOptions,
  registerActivation,
  registerLayer,
} from './keras/layers/custom';
export { loadModel } from './keras/load';
export type { LoadOptions } from './keras/load-options';
export type { Layer, LayerChoice, Model, ModelEnd, Shape, Tensor } from './keras/model';
export type { Input } from './keras/run/inputs';
export type { Labels } from './keras/run/labels';
export { type PredictOptions, predict } from './keras/run/predict';
export { summary, summaryText } from './keras/summary';
export type { Activation, FeatureMap } from './maps/activation';
export { featureMap } from './maps/activation';
export type { Atlas, AtlasClasses, AtlasLayer, SkippedPicture } from './maps/atlas';
export {
  type AtlasArea,
  type AtlasChannel,
  type AtlasHistogram,
  type AtlasPartner,
  type AtlasPatch,
  atlasChannel,
  atlasRows,
} from './maps/atlas-channel';
export { type ChannelStats, channelStats } from './maps/channel-stats';
export { toCsv } from './maps/csv';
export { displayGrid, type Grid, type GridOptions, type Raster, type Tile } from './maps/grid';
export type { AxisField, MapField } from './maps/map-field';
export type { Prediction } from './maps/prediction';
export type { Scale } from './maps/scale';
export { type Stats, stats } from './maps/stats';
export { type LoadImageOptions, loadImage } from './pictures/load';
export type { ColorMode, Picture, Pixels } from './pictures/pixels';
export type { Architecture, Preprocess, PreprocessMode } from './pictures/preprocess';
export type { Interpolation } from './pictures/resample';
export { type ToTensorOptions, toTensor } from './pictures/to-tensor';

setFaces();
showProgress();
