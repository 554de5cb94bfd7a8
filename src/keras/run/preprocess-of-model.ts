import { type PreprocessMode, preprocessOfName } from '../../pictures/preprocess';
import type { Layer, Model } from '../model';

/** The preprocessing that a model needs, and how it is known. */
export interface Wanted {
  mode: PreprocessMode;
  /** The reason, for a warning; undefined if nothing is known and 0..1 is assumed. */
  because?: string;
}

/** Layers that scale what comes in, and operations between an input and a model inside. */
const SCALES =
  /^(Rescaling|Normalization|TrueDivide|Divide|Subtract|Multiply|TFOpLambda|TensorFlowOpLayer|GetItem|Lambda)$/;
/** Layers that change a picture's place or size, not its values. */
const PASSES = /^(InputLayer|Resizing|CenterCrop|ZeroPadding2D|Random[A-Z]\w*|Cropping2D)$/;

/**
 * The preprocessing that a model needs: 0..255 if it begins with a Rescaling or Normalization layer; that of
 * `preprocess_input` if it is, or contains, a model of keras.applications; otherwise 0..1.
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
    // With include_preprocessing=False it lacks the scaling layers, so the picture must be scaled.
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
