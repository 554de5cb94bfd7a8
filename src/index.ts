import '../renderers/node';
import './live/use-live-pages';
import { setFaces } from './cell/faces';
import { showProgress } from './cell/progress';

export { atlas } from './atlas/atlas';
export type { AtlasOptions, AtlasProgress } from './atlas/atlas-options';
export {
  type AtlasFigureOptions,
  atlasFigure,
  type ChannelFigureOptions,
  channelFigure,
} from './atlas/figures';
export { loadAtlas } from './atlas/output/json';
export { type PredictionsOptions, predictions } from './cell/predictions';
export { type SaveFiguresOptions, saveFigures } from './cell/save-figures';
export { AtlasError, KernelError, NotebookError } from './errors';
export * from './everywhere';
export { loadModel } from './keras/load-model';
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
export * from './shown';

setFaces();
showProgress();
