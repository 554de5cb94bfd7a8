import { withActivationLayers } from './activation-layers';
import { withAdaptation, withoutQuantization, withQuantization } from './adapted';
import * as attention from './attention';
import * as attentionByHeads from './attention-heads';
import * as conv from './conv';
import { Conv2DTranspose } from './conv-transpose';
import * as core from './core';
import type { LayerDefinition, NodeDefinition } from './definition';
import { EinsumDense } from './einsum';
import * as image from './image';
import { LocallyConnected1D, LocallyConnected2D } from './locally-connected';
import * as merge from './merge';
import * as normalization from './normalization';
import * as pointwise from './pointwise';
import * as pooling from './pooling';
import * as recurrent from './recurrent';
import { rnnOf } from './rnn';
import { MelSpectrogram } from './spectrogram';
import { withReturnedStates } from './states';
import * as volume from './volume';
import { wrappers } from './wrappers';

const { ZeroPadding, Cropping, ...coreLayers } = core;
const { broadcastShape: _, ...mergeLayers } = merge;
const fromModules: Record<string, LayerDefinition> = { ...coreLayers, ...mergeLayers, ...normalization };

/** What each class computes by itself; `LAYERS` adds what Keras lets several classes have besides. */
const OWN_COMPUTATION: Record<string, LayerDefinition> = {
  ...Object.fromEntries(
    [
      'Dropout',
      'SpatialDropout1D',
      'SpatialDropout2D',
      'SpatialDropout3D',
      'GaussianDropout',
      'GaussianNoise',
      'AlphaDropout',
      'ActivityRegularization',
      'StochasticDepth',
      'Identity',
      'RandomFlip',
      'RandomRotation',
      'RandomZoom',
      'RandomHeight',
      'RandomWidth',
      'RandomTranslation',
      'RandomContrast',
      'RandomBrightness',
      'RandomHue',
      'RandomSaturation',
      'RandomSharpness',
      'RandomShear',
      'RandomPerspective',
      'RandomErasing',
      'RandomElasticTransform',
      'RandomColorJitter',
      'RandomColorDegeneration',
      'RandomGrayscale',
      'RandomGaussianBlur',
      'RandomInvert',
      'RandomPosterization',
      'RandAugment',
      'AugMix',
      'CutMix',
      'MixUp',
      'Solarization',
      'AddLoss',
      'AddMetric',
    ].map((name) => [name, pointwise.Identity]),
  ),
  ...fromModules,
  ...recurrent,
  ...volume,
  EinsumDense: withoutQuantization('EinsumDense', EinsumDense),
  Activation: pointwise.Activation,
  ReLU: pointwise.ReLU,
  LeakyReLU: pointwise.LeakyReLU,
  ELU: pointwise.ELU,
  PReLU: pointwise.PReLU,
  ThresholdedReLU: pointwise.ThresholdedReLU,
  Softmax: pointwise.Softmax,
  Rescaling: pointwise.Rescaling,
  AutoContrast: pointwise.AutoContrast,
  RandomCrop: image.RandomCrop,
  LocallyConnected1D,
  LocallyConnected2D,
  MelSpectrogram,
  SyncBatchNormalization: normalization.BatchNormalization,
  Resizing: image.Resizing,
  CenterCrop: image.CenterCrop,
  Conv1D: conv.Conv1D,
  Conv2D: conv.Conv2D,
  DepthwiseConv1D: conv.DepthwiseConv2D,
  DepthwiseConv2D: conv.DepthwiseConv2D,
  SeparableConv1D: conv.SeparableConv2D,
  SeparableConv2D: conv.SeparableConv2D,
  Conv1DTranspose: Conv2DTranspose,
  Conv2DTranspose: Conv2DTranspose,
  MaxPooling1D: pooling.MaxPooling,
  MaxPooling2D: pooling.MaxPooling,
  AveragePooling1D: pooling.AveragePooling,
  AveragePooling2D: pooling.AveragePooling,
  ...Object.fromEntries(
    [1, 2, 3].flatMap((n) => [
      [`GlobalMaxPooling${n}D`, pooling.GlobalMaxPooling],
      [`GlobalAveragePooling${n}D`, pooling.GlobalAveragePooling],
      [`AdaptiveMaxPooling${n}D`, pooling.AdaptiveMaxPooling],
      [`AdaptiveAveragePooling${n}D`, pooling.AdaptiveAveragePooling],
      [`ZeroPadding${n}D`, ZeroPadding],
      [`Cropping${n}D`, Cropping],
      [`UpSampling${n}D`, image.UpSampling],
    ]),
  ),
};

/** Classes that Keras 3 quantizes, and those that it adapts. */
const QUANTIZED = new Set(['Dense', 'Embedding']);
const ADAPTED = /^(Dense|EinsumDense|Embedding|Conv[123]D)$/;

const LAYERS: Record<string, LayerDefinition> = {};
for (const [name, definition] of Object.entries(OWN_COMPUTATION)) {
  const quantized = QUANTIZED.has(name) ? withQuantization(definition) : definition;
  const adapted = ADAPTED.test(name) ? withAdaptation(quantized) : quantized;
  LAYERS[name] = withActivationLayers(LAYERS, adapted);
}
LAYERS['RNN'] = rnnOf(LAYERS);

/**
 * All layer classes by name. This includes layers that TensorFlow.js has, too: its versions differ from Keras's in
 * details that users meet (groups, keepdims, slopes, axes, averages at an edge).
 */
export const DEFINITIONS: Record<string, NodeDefinition> = {
  ...Object.fromEntries(
    Object.entries({ ...LAYERS, ...wrappers(LAYERS) }).map(([name, one]) => [name, withReturnedStates(one)]),
  ),
  ...attention,
  ...attentionByHeads,
};
