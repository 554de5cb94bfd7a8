/** What a cell (index.ts, live/engine/convlens.ts) and a browser (core.ts) can both import. */

export { type ChannelStatsFigureOptions, channelStatsFigure } from '../renderers/channel-stats';
export { type ClassHeatmapOptions, heatmapFigure } from '../renderers/class-heatmap';
export type { ColormapName } from '../renderers/colormap';
export { type CompareOptions, compareFigure } from '../renderers/compare';
export { type ExploreOptions, exploreFigure } from '../renderers/explore';
export type { Figure } from '../renderers/figure';
export { type FilterPicture, type FiltersOptions, filtersFigure } from '../renderers/filters';
export { type GridFigureOptions, gridFigure } from '../renderers/grid';
export { type HistogramOptions, histogramFigure } from '../renderers/histogram';
export { type Matrix, type MatshowOptions, matshowFigure } from '../renderers/matshow';
export { type OverlayOptions, overlayFigure } from '../renderers/overlay';
export { type OverviewOptions, overviewFigure } from '../renderers/overview';
export type { SaveOptions } from '../renderers/platform';
export type { MimeBundle, Spec } from '../renderers/spec';
export { BackendError, FigureError, ModelError, PictureError } from './errors';
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
export type { LoadOptions } from './keras/load-options';
export type { Layer, LayerChoice, Model, ModelEnd, Shape, Tensor } from './keras/model';
export type { Input } from './keras/run/inputs';
export type { Labels } from './keras/run/labels';
export { type PredictOptions, predict } from './keras/run/predict';
export { summaryText } from './keras/summary';
export { type Activation, type FeatureMap, featureMap } from './maps/activation';
export { type ChannelStats, channelStats } from './maps/channel-stats';
export { toCsv } from './maps/csv';
export { displayGrid, type Grid, type GridOptions, type Raster, type Tile } from './maps/grid';
export type { AxisField, MapField } from './maps/map-field';
export type { Scale } from './maps/scale';
export { type Stats, stats } from './maps/stats';
export type { ColorMode, Picture, Pixels } from './pictures/pixels';
export type { Architecture, Preprocess, PreprocessMode } from './pictures/preprocess';
export type { Interpolation } from './pictures/resample';
export { type ToTensorOptions, toTensor } from './pictures/to-tensor';
