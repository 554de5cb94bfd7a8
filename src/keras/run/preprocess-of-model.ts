import { type PreprocessMode, preprocessOfName } from '../../pictures/preprocess';
import type { Layer, Model } from '../model';

/** How a model wants its pictures, and how that is known. */
export interface Wanted {
  mode: PreprocessMode;
  /** As a warning says it; undefined where nothing is known and the tutorial's 0..1 is assumed. */
  because?: string;
}

/** Layers that scale what comes in, and operations between an input and a model inside. */
const SCALES =
  /^(Rescaling|Normalization|TrueDivide|Divide|Subtract|Multiply|TFOpLambda|TensorFlowOpLayer|GetItem|Lambda)$/;
/** Layers that change a picture's place or size, not its values. */
const PASSES = /^(InputLayer|Resizing|CenterCrop|ZeroPadding2D|Random[A-Z]\w*|Cropping2D)$/;

/**
 * How a model wants its pictures: 0..255 where it begins with a Rescaling or Normalization layer of its own, as
 * `preprocess_input` makes them where it is, or holds, a model of keras.applications, else 0..1.
 */
export function preprocessOfModel(model: Model): Wanted {
  const first = model.layers.find((layer) => !PASSES.test(layer.getClassName()));
  if (first && SCALES.test(first.getClassName())) {
    return { mode: 'raw', because: `its layer "${first.name}" scales the pictures itself` };
  }
  const inner = first && 'layers' in first ? (first as Model) : undefined;
  const inside = inner && preprocessOfModel(inner);
  if (inside?.because) return inside;
  for (const { name } of [model, inner].filter((one): one is Model & Layer => one !== undefined)) {
    const known = preprocessOfName(name);
    if (!known) continue;
    const { architecture } = known;
    // Saved with include_preprocessing=False it lacks the layers that scale, so their work is left to the picture.
    if (known.mode === 'raw') {
      const mode = /^(mobilenet_v3|efficientnet_v2_[sml]$)/.test(architecture) ? 'tf' : 'torch';
      return {
        mode,
        because: `${architecture} of keras.applications, without layers that scale, wants them so`,
      };
    }
    return { mode: known.mode, because: `${architecture} of keras.applications wants them so` };
  }
  return { mode: '0..1' };
}
