import { isObject } from '../../checks/is-object';
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
  /^(Rescaling|Normalization|TrueDivide|Divide|Subtract|Multiply|Add|TFOpLambda|TensorFlowOpLayer|Lambda)$/;
/** Layers that change a picture's place, size, shape or order of channels, or nothing in `predict`, but not its range. */
const PASSES =
  /^(InputLayer|Resizing|CenterCrop|ZeroPadding2D|Rand[A-Z]?\w*|AugMix|CutMix|MixUp|Cropping2D|\w*Dropout\w*|GaussianNoise|Identity|Permute|Reshape|Flatten|(Max|Average)Pooling2D|UpSampling2D|Transpose|Flip|Cast|Resize|Pad|GetItem|SlicingOpLambda|Stack|Concatenate)$/;
/** Functions of TensorFlow that do no more. */
const PASSING_FUNCTIONS =
  /(^|\.)(cast|identity|convert_to_tensor|transpose|reverse|pad|stack|concat|image\.(resize|flip|crop|central_crop|pad|rot90)\w*)$/;

/**
 * The preprocessing that a model needs: 0..255 if its first layer that changes a picture's values is a Rescaling or a
 * Normalization, also inside models of augmentation; that of `preprocess_input` if it is, or begins with, a model of
 * keras.applications; otherwise 0..1.
 */
export function preprocessOfModel(model: Model): Wanted {
  return wantedBy(model) ?? { mode: '0..1' };
}

/** @returns undefined when no layer of the model changes a picture's values */
function wantedBy(model: Model): Wanted | undefined {
  let found: Wanted | undefined;
  // Layers of other inputs, such as of measurements, change no picture.
  const ofPictures = (layer: Layer) => model.inputs.length === 1 || rankOf(layer) >= 4;
  for (const layer of model.layers) {
    if (!ofPictures(layer) || passes(layer)) continue;
    if (SCALES.test(classNameOf(layer))) {
      return { mode: 'raw', because: `its layer "${layer.name}" scales the pictures itself` };
    }
    found = 'layers' in layer ? wantedBy(layer as Layer & Model) : { mode: '0..1' };
    if (found) break;
  }
  if (found?.because) return found;
  return ofApplication(model.name) ?? found;
}

/** The class of a layer; of one for each step, that of the layer inside. */
function classNameOf(layer: Layer): string {
  const inside = layer.getClassName() === 'TimeDistributed' ? layer.getConfig()['layer'] : undefined;
  return isObject(inside) ? String(inside['class_name']) : layer.getClassName();
}

/** Whether a picture keeps its range in a layer. */
function passes(layer: Layer): boolean {
  const className = classNameOf(layer);
  if (PASSES.test(className)) return true;
  if (className === 'Activation') return layer.getConfig()['activation'] === 'linear';
  return className === 'TFOpLambda' && PASSING_FUNCTIONS.test(String(layer.getConfig()['function']));
}

/** Axes of a layer's output; of one with several shapes, those of a picture. */
function rankOf(layer: Layer): number {
  try {
    const { outputShape } = layer;
    return Array.isArray(outputShape[0]) ? 4 : outputShape.length;
  } catch {
    return 4;
  }
}

function ofApplication(name: string): Wanted | undefined {
  const known = preprocessOfName(name);
  if (!known) return undefined;
  const { architecture } = known;
  // With include_preprocessing=False it lacks the scaling layers, so the picture must be scaled.
  if (known.mode === 'raw') {
    const mode = /^(mobilenet_v3|efficientnet_v2_[sml]$)/.test(architecture)
      ? 'tf'
      : architecture.startsWith('regnet')
        ? '0..1'
        : 'torch';
    return {
      mode,
      because: `${architecture} of keras.applications, without layers that scale, wants them so`,
    };
  }
  return { mode: known.mode, because: `${architecture} of keras.applications wants them so` };
}
