import '../renderers/node';
import './live/use-live-pages';
import { setFaces } from './cell/faces';
import { showProgress } from './cell/progress';

export type { ArchitectureOptions } from '../renderers/architecture';
export { type PredictionsFigureOptions, predictionsFigure } from '../renderers/predictions';
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
export { AtlasError, KernelError, NotebookError } from './errors';
export * from './everywhere';
export { loadModel } from './keras/load';
export { summary } from './keras/summary';
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
export type { Prediction } from './maps/prediction';
export { type LoadImageOptions, loadImage } from './pictures/load';

setFaces();
showProgress();
