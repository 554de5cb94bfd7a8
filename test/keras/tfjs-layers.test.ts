import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import { ready, tf } from '../../src/tensorflow/backend';
import { suite } from '../suite';

const { input, layers: L, model } = require('@tensorflow/tfjs-layers') as typeof tfl;

const MAP = [6, 7, 4];
const LINE = [5, 4];
const VOLUME = [4, 5, 6, 2];
const FILM = [3, 6, 7, 2];

/** TensorFlow.js's own initial weights of recurrent layers need more of it than convlens loads. */
const EASY = { recurrentInitializer: 'glorotNormal' } as const;

/** TensorFlow.js's own are wrong there, or fail; those of convlens are compared with Keras elsewhere. */
const WRONG_ON_WASM = ['Conv3DTranspose', 'DepthwiseConv2D'];

type Made = tfl.layers.Layer;
/** By class: the input's shape, and the layer in each way. */
const ONE_INPUT: Record<string, [number[], () => Made[]]> = {
  ReLU: [MAP, () => [L.reLU(), L.reLU({ maxValue: 0.5 })]],
  LeakyReLU: [MAP, () => [L.leakyReLU(), L.leakyReLU({ alpha: 0.1 })]],
  PReLU: [MAP, () => [L.prelu(), L.prelu({ sharedAxes: [1, 2] })]],
  ELU: [MAP, () => [L.elu(), L.elu({ alpha: 1 })]],
  ThresholdedReLU: [MAP, () => [L.thresholdedReLU({ theta: 0.3 })]],
  Softmax: [MAP, () => [L.softmax({ axis: -1 })]],
  Conv1D: [
    LINE,
    () => [
      L.conv1d({ filters: 3, kernelSize: 2, activation: 'softplus' }),
      L.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, useBias: false }),
    ],
  ],
  Conv2D: [
    MAP,
    () => [
      L.conv2d({ filters: 3, kernelSize: 3, activation: 'hardSigmoid' }),
      L.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'selu' }),
      L.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'softsign' }),
    ],
  ],
  Conv3D: [VOLUME, () => [L.conv3d({ filters: 3, kernelSize: 2, activation: 'tanh' })]],
  Conv2DTranspose: [
    MAP,
    () => [
      L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu6' }),
    ],
  ],
  Conv3DTranspose: [
    VOLUME,
    () => [L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2, activation: 'elu' })],
  ],
  SeparableConv2D: [MAP, () => [L.separableConv2d({ filters: 3, kernelSize: 3, activation: 'swish' })]],
  DepthwiseConv2D: [
    MAP,
    () => [
      L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'mish' }),
      L.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
    ],
  ],
  Cropping2D: [
    MAP,
    () => [
      L.cropping2D({
        cropping: [
          [1, 2],
          [0, 1],
        ],
      }),
    ],
  ],
  UpSampling2D: [MAP, () => [L.upSampling2d({ size: [2, 3] })]],
  ZeroPadding2D: [
    MAP,
    () => [
      L.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      L.zeroPadding2d(),
    ],
  ],
  SimpleRNN: [
    LINE,
    () => [
      L.simpleRNN({ ...EASY, units: 3 }),
      L.simpleRNN({ ...EASY, units: 3, returnSequences: true, goBackwards: true, activation: 'relu' }),
    ],
  ],
  GRU: [
    LINE,
    () => [
      L.gru({ ...EASY, units: 3 }),
      L.gru({ ...EASY, units: 3, returnSequences: true, recurrentActivation: 'sigmoid' }),
    ],
  ],
  LSTM: [
    LINE,
    () => [
      L.lstm({ ...EASY, units: 3 }),
      L.lstm({ ...EASY, units: 3, returnSequences: true, unitForgetBias: true, useBias: false }),
    ],
  ],
  ConvLSTM2D: [
    FILM,
    () => [
      L.convLstm2d({ ...EASY, filters: 2, kernelSize: 3, padding: 'same', returnSequences: true }),
      L.convLstm2d({ ...EASY, filters: 2, kernelSize: [2, 3] }),
    ],
  ],
  RNN: [
    LINE,
    () => [
      L.rnn({ cell: L.simpleRNNCell({ ...EASY, units: 3 }) }),
      L.rnn({ cell: L.lstmCell({ ...EASY, units: 3 }), returnSequences: true, goBackwards: true }),
      L.rnn({ cell: L.gruCell({ ...EASY, units: 3, activation: 'softsign' }), returnSequences: true }),
    ],
  ],
  StackedRNNCells: [
    LINE,
    () => {
      const cells = () => [
        L.lstmCell({ ...EASY, units: 3 }),
        L.gruCell({ ...EASY, units: 4 }),
        L.lstmCell({ ...EASY, units: 2 }),
        L.simpleRNNCell({ ...EASY, units: 5 }),
      ];
      return [
        L.rnn({ cell: L.stackedRNNCells({ cells: cells() }) as never }),
        L.rnn({
          cell: L.stackedRNNCells({ cells: cells() }) as never,
          returnSequences: true,
          goBackwards: true,
        }),
      ];
    },
  ],
  Dropout: [MAP, () => [L.dropout({ rate: 0.5 })]],
  SpatialDropout1D: [LINE, () => [L.spatialDropout1d({ rate: 0.5 })]],
  GaussianNoise: [MAP, () => [L.gaussianNoise({ stddev: 0.5 })]],
  GaussianDropout: [MAP, () => [L.gaussianDropout({ rate: 0.5 })]],
  AlphaDropout: [MAP, () => [L.alphaDropout({ rate: 0.5 })]],
  Dense: [
    MAP.slice(0, 1),
    () => [L.dense({ units: 3, activation: 'softmax' }), L.dense({ units: 3, useBias: false })],
  ],
  Flatten: [MAP, () => [L.flatten(), L.flatten({ dataFormat: 'channelsFirst' })]],
  Activation: [
    MAP,
    () =>
      [
        'elu',
        'hardSigmoid',
        'linear',
        'relu',
        'relu6',
        'selu',
        'sigmoid',
        'softmax',
        'softplus',
        'softsign',
        'tanh',
        'logSoftmax',
        'swish',
        'mish',
        'gelu',
        'gelu_new',
      ].map((activation) => L.activation({ activation: activation as never })),
  ],
  RepeatVector: [[4], () => [L.repeatVector({ n: 3 })]],
  Reshape: [MAP, () => [L.reshape({ targetShape: [4, -1] }), L.reshape({ targetShape: [7, 24] })]],
  Permute: [MAP, () => [L.permute({ dims: [3, 1, 2] })]],
  Masking: [LINE, () => [L.masking({ maskValue: 0.5 })]],
  Embedding: [[5], () => [L.embedding({ inputDim: 4, outputDim: 3 })]],
  BatchNormalization: [
    MAP,
    () => [L.batchNormalization(), L.batchNormalization({ scale: false, epsilon: 0.1 })],
  ],
  LayerNormalization: [
    MAP,
    () => [L.layerNormalization(), L.layerNormalization({ axis: [1, 2], epsilon: 0.1 })],
  ],
  MaxPooling1D: [LINE, () => [L.maxPooling1d({ poolSize: 2 })]],
  AveragePooling1D: [LINE, () => [L.averagePooling1d({ poolSize: 2, strides: 1, padding: 'same' })]],
  MaxPooling2D: [
    MAP,
    () => [L.maxPooling2d({} as never), L.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' })],
  ],
  AveragePooling2D: [MAP, () => [L.averagePooling2d({ poolSize: [3, 2], strides: 2, padding: 'same' })]],
  MaxPooling3D: [VOLUME, () => [L.maxPooling3d({} as never)]],
  AveragePooling3D: [VOLUME, () => [L.averagePooling3d({ poolSize: 2, strides: 1 })]],
  GlobalAveragePooling1D: [LINE, () => [L.globalAveragePooling1d({})]],
  GlobalMaxPooling1D: [LINE, () => [L.globalMaxPooling1d({})]],
  GlobalAveragePooling2D: [MAP, () => [L.globalAveragePooling2d({})]],
  GlobalMaxPooling2D: [MAP, () => [L.globalMaxPooling2d({})]],
  TimeDistributed: [
    FILM,
    () => [
      L.timeDistributed({ layer: L.conv2d({ filters: 2, kernelSize: 3, activation: 'hardSigmoid' }) }),
      L.timeDistributed({ layer: L.flatten() }),
    ],
  ],
  Bidirectional: [
    LINE,
    () => [
      L.bidirectional({ layer: L.lstm({ ...EASY, units: 3 }) as never, mergeMode: 'concat' }),
      L.bidirectional({
        layer: L.gru({ ...EASY, units: 3, returnSequences: true }) as never,
        mergeMode: 'ave',
      }),
    ],
  ],
  Rescaling: [MAP, () => [L.rescaling({ scale: 0.5, offset: -1 })]],
  CenterCrop: [MAP, () => [L.centerCrop({ height: 3, width: 4 })]],
};

const MERGES: Record<string, () => Made[]> = {
  Add: () => [L.add()],
  Multiply: () => [L.multiply()],
  Average: () => [L.average()],
  Maximum: () => [L.maximum()],
  Minimum: () => [L.minimum()],
  Concatenate: () => [L.concatenate(), L.concatenate({ axis: 1 })],
  Dot: () => [L.dot({ axes: 2 }), L.dot({ axes: [1, 1], normalize: true })],
};

/** A layer in a model, as the symbolic input shapes that its input has. */
function around(layer: Made, shapes: number[][]): tfl.LayersModel {
  const inputs = shapes.map((shape) => input({ shape }));
  return model({
    inputs,
    outputs: layer.apply(inputs.length > 1 ? inputs : inputs[0]!) as tfl.SymbolicTensor,
  });
}

/** Keeps what TensorFlow.js would write as files. */
async function save(made: tfl.LayersModel, folder: string): Promise<string> {
  const path = join(folder, 'model.json');
  await made.save({
    async save({ modelTopology, weightSpecs, weightData }) {
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      writeFileSync(
        path,
        JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: manifest }),
      );
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: {} as never };
    },
  });
  return path;
}

/** Weights of all signs; variances stay positive. */
function randomize(made: tfl.LayersModel): void {
  made.setWeights(
    made.weights.map(({ name, shape }, i) =>
      tf().randomUniform(shape as number[], /variance/.test(name) ? 0.5 : -1, 1, 'float32', i + 1),
    ) as never,
  );
}

async function compare(name: string, made: tfl.LayersModel): Promise<void> {
  randomize(made);
  const folder = mkdtempSync(join(tmpdir(), 'convlens-'));
  try {
    const loaded = await loadModel(await save(made, folder));
    const whole = name === 'Embedding';
    const xs = made.inputs.map(({ shape }, i) => {
      const x = tf().randomUniform(
        [2, ...shape.slice(1)] as number[],
        whole ? 0 : -2,
        whole ? 4 : 2,
        'float32',
        i + 3,
      );
      return whole ? tf().floor(x) : x;
    });
    if (name === 'Masking') xs[0] = tf().where(tf().less(xs[0]!, 0), tf().fill(xs[0]!.shape, 0.5), xs[0]!);
    const of = (one: { predict(x: never): unknown }) =>
      [one.predict((xs.length > 1 ? xs : xs[0]) as never)].flat() as tfc.Tensor[];
    const [expected, found] = [of(made as never), of(loaded as never)];
    assert.is(found.length, expected.length, name);
    for (const [i, tensor] of expected.entries()) {
      assert.equal(found[i]!.shape, tensor.shape, name);
      const got = found[i]!.dataSync();
      const values = tensor.dataSync() as Float32Array;
      const worst = values.reduce((most, value, j) => Math.max(most, Math.abs(value - got[j]!)), 0);
      assert.ok(worst < 1e-5, `${name} is off by ${worst}`);
    }
    loaded.dispose();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite('keras/tfjs-layers', {
  async 'each layer written by TensorFlow.js agrees with TensorFlow.js'() {
    await ready();
    const failed: string[] = [];
    const tried = async (name: string, made: Made, shapes: number[][]) => {
      try {
        await compare(name, around(made, shapes));
      } catch (error) {
        failed.push(`${name} ${JSON.stringify(made.getConfig()).slice(0, 150)}: ${(error as Error).message}`);
      }
    };
    const wrong = tf().getBackend() === 'wasm' ? WRONG_ON_WASM : [];
    for (const [name, [shape, make]] of Object.entries(ONE_INPUT)) {
      if (wrong.includes(name)) continue;
      for (const layer of make()) await tried(name, layer, [shape]);
    }
    for (const [name, make] of Object.entries(MERGES)) {
      for (const layer of make()) await tried(name, layer, [LINE, LINE]);
    }
    assert.equal(failed, []);
  },

  'every layer class of TensorFlow.js is covered'() {
    const { layers } = require('@tensorflow/tfjs-layers') as typeof tfl;
    const classes = tf().serialization.SerializationMap.getMap().classNameMap;
    const names = Object.entries(classes)
      .filter(([, [made]]) => (made as { prototype: object }).prototype instanceof layers.Layer)
      .map(([name]) => name);
    // Models are tested elsewhere; cells run inside RNN; TensorFlow.js cannot predict with its own other three.
    const apart = /^(InputLayer|Model|Functional|Sequential|RandomWidth|Resizing|CategoryEncoding|\w+Cell)$/;
    const missing = names.filter((name) => !apart.test(name) && !(name in ONE_INPUT) && !(name in MERGES));
    assert.ok(names.length > 60);
    assert.equal(missing, []);
  },
});
