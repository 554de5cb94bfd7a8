/** How `preprocess_input` of Keras makes numbers of bytes. */
export type PreprocessMode = '0..1' | 'raw' | 'caffe' | 'tf' | 'torch';

/** A model of keras.applications, by the name of its module or function. */
export type Architecture =
  | 'vgg16'
  | 'vgg19'
  | 'resnet'
  | 'resnet50'
  | 'resnet101'
  | 'resnet152'
  | 'resnet_v2'
  | 'resnet50_v2'
  | 'resnet101_v2'
  | 'resnet152_v2'
  | 'inception_v3'
  | 'inception_resnet_v2'
  | 'xception'
  | 'mobilenet'
  | 'mobilenet_v2'
  | 'nasnet'
  | 'nasnet_mobile'
  | 'nasnet_large'
  | 'densenet'
  | 'densenet121'
  | 'densenet169'
  | 'densenet201'
  | 'mobilenet_v3'
  | 'mobilenet_v3_small'
  | 'mobilenet_v3_large'
  | 'efficientnet'
  | 'efficientnet_b0'
  | 'efficientnet_b1'
  | 'efficientnet_b2'
  | 'efficientnet_b3'
  | 'efficientnet_b4'
  | 'efficientnet_b5'
  | 'efficientnet_b6'
  | 'efficientnet_b7'
  | 'efficientnet_v2'
  | 'efficientnet_v2_b0'
  | 'efficientnet_v2_b1'
  | 'efficientnet_v2_b2'
  | 'efficientnet_v2_b3'
  | 'efficientnet_v2_s'
  | 'efficientnet_v2_m'
  | 'efficientnet_v2_l'
  | 'convnext'
  | 'convnext_tiny'
  | 'convnext_small'
  | 'convnext_base'
  | 'convnext_large'
  | 'convnext_xlarge'
  | 'regnet'
  | `regnet${'x' | 'y'}${'002' | '004' | '006' | '008' | '016' | '032' | '040' | '064' | '080' | '120' | '160' | '320'}`
  | 'resnet_rs'
  | `resnet_rs${50 | 101 | 152 | 200 | 270 | 350 | 420}`;

/** Sizes of the RegNets of Keras 2, in names such as RegNetX002, and of its ResNet-RS. */
const REGNETS = ['002', '004', '006', '008', '016', '032', '040', '064', '080', '120', '160', '320'] as const;
const RESNETS_RS = [50, 101, 152, 200, 270, 350, 420] as const;

const raw = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, 'raw'])) as Record<Name, 'raw'>;

/** The models of keras.applications, by the names of their modules and functions, and what each wants. */
const ARCHITECTURES: Record<Architecture, PreprocessMode> = {
  vgg16: 'caffe',
  vgg19: 'caffe',
  resnet: 'caffe',
  resnet50: 'caffe',
  resnet101: 'caffe',
  resnet152: 'caffe',
  resnet_v2: 'tf',
  resnet50_v2: 'tf',
  resnet101_v2: 'tf',
  resnet152_v2: 'tf',
  inception_v3: 'tf',
  inception_resnet_v2: 'tf',
  xception: 'tf',
  mobilenet: 'tf',
  mobilenet_v2: 'tf',
  nasnet: 'tf',
  nasnet_mobile: 'tf',
  nasnet_large: 'tf',
  densenet: 'torch',
  densenet121: 'torch',
  densenet169: 'torch',
  densenet201: 'torch',
  // These rescale in their own first layers.
  mobilenet_v3: 'raw',
  mobilenet_v3_small: 'raw',
  mobilenet_v3_large: 'raw',
  efficientnet: 'raw',
  efficientnet_b0: 'raw',
  efficientnet_b1: 'raw',
  efficientnet_b2: 'raw',
  efficientnet_b3: 'raw',
  efficientnet_b4: 'raw',
  efficientnet_b5: 'raw',
  efficientnet_b6: 'raw',
  efficientnet_b7: 'raw',
  efficientnet_v2: 'raw',
  efficientnet_v2_b0: 'raw',
  efficientnet_v2_b1: 'raw',
  efficientnet_v2_b2: 'raw',
  efficientnet_v2_b3: 'raw',
  efficientnet_v2_s: 'raw',
  efficientnet_v2_m: 'raw',
  efficientnet_v2_l: 'raw',
  convnext: 'raw',
  convnext_tiny: 'raw',
  convnext_small: 'raw',
  convnext_base: 'raw',
  convnext_large: 'raw',
  convnext_xlarge: 'raw',
  regnet: 'raw',
  ...raw(REGNETS.flatMap((size) => [`regnetx${size}`, `regnety${size}`] as const)),
  resnet_rs: 'raw',
  ...raw(RESNETS_RS.map((size) => `resnet_rs${size}` as const)),
};

/** A way to make numbers of bytes, or a model of keras.applications that wants one. */
export type Preprocess = PreprocessMode | Architecture;

const MODES: readonly PreprocessMode[] = ['0..1', 'raw', 'caffe', 'tf', 'torch'];

/** All names that `preprocess` takes. */
export const PREPROCESS_NAMES: readonly string[] = [...MODES, ...Object.keys(ARCHITECTURES)];

const bare = (name: string) => name.toLowerCase().replace(/[_-]/g, '');
const BY_BARE_NAME = new Map<string, PreprocessMode>(
  [...MODES.map((mode) => [mode, mode] as const), ...Object.entries(ARCHITECTURES)].map(([name, mode]) => [
    bare(name),
    mode,
  ]),
);

/**
 * The way that a name stands for, also of a module such as `keras.applications.vgg16`; case, `_` and `-` do not matter.
 * Undefined for another name.
 */
export function preprocessMode(name: string): PreprocessMode | undefined {
  return BY_BARE_NAME.get(bare(name.replace(/^(\w+\.)*applications\.|\.preprocess_input$/g, '')));
}

/**
 * The way that a model of keras.applications wants, by the name that Keras gives the model itself, such as
 * `mobilenetv2_1.00_224`. Undefined for another name.
 */
export function preprocessOfName(name: string): { mode: PreprocessMode; architecture: string } | undefined {
  const plain = bare(name.replace(/_[0-9.]+_[0-9]+$/, ''));
  const found = Object.entries(ARCHITECTURES).find(([known]) => bare(known) === plain);
  return found && { mode: found[1], architecture: found[0] };
}

const float32 = Math.fround;

/** Of the data of ImageNet: BGR in bytes, RGB in 0..1. */
const CAFFE_MEAN = [103.939, 116.779, 123.68];
const TORCH_MEAN = [0.485, 0.456, 0.406];
const TORCH_STD = [0.229, 0.224, 0.225];

/** The number that a byte of a channel becomes, in numpy's float32 arithmetic: each operation rounds. */
export function preprocessByte(mode: PreprocessMode, byte: number, channel: number): number {
  switch (mode) {
    case 'raw':
      return byte;
    case '0..1':
      return float32(byte / 255);
    case 'tf':
      return float32(float32(byte / 127.5) - 1);
    case 'caffe':
      return float32(byte - float32(CAFFE_MEAN[channel]!));
    case 'torch': {
      const centered = float32(float32(byte / 255) - float32(TORCH_MEAN[channel]!));
      return float32(centered / float32(TORCH_STD[channel]!));
    }
  }
}
