import type { ColormapName } from '../../../renderers/colormap';
import type { Scale } from '../../maps/scale';
import type { PreprocessMode } from '../../pictures/preprocess';
import type { PackedModel } from '../model/packed-model';

/** What an explorer's page carries besides its bytes. */
export interface ExplorerSettings {
  title: string;
  model: Omit<PackedModel, 'weights'>;
  /** The input's height, width and channels; also of the author's picture. */
  size: readonly [height: number, width: number, channels: number];
  /** Channels of the author's picture. */
  pictureChannels: number;
  preprocess: PreprocessMode;
  labels?: readonly string[];
  /** What is shown first. */
  layer: string;
  channel?: number;
  opacity: number;
  cmap: ColormapName;
  scale: Scale;
  /** What the page says about its accuracy. */
  notes: readonly string[];
}
