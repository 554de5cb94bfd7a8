import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import type { Model } from '../../src/keras/model';
import { predict } from '../../src/keras/run/predict';
import { preprocessOfModel } from '../../src/keras/run/preprocess-of-model';
import { type Preprocess, preprocessMode } from '../../src/pictures/preprocess';
import { toTensor } from '../../src/pictures/to-tensor';
import { useNodeTensorFlow } from '../../src/tensorflow/backend';
import { FIXTURES, json } from '../npy';
import { suite } from '../suite';

useNodeTensorFlow();

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');

/** What a program prints that imports convlens as a cell does, in a process where no TensorFlow runs yet. */
function printed(backend: string, program: string): unknown {
  const script = `const c = require(${JSON.stringify(join(__dirname, '..', '..', 'src', 'index.js'))});
(async () => { ${program} })().then((value) => console.log(JSON.stringify(value)));`;
  const env = { ...process.env, CONVLENS_BACKEND: backend };
  const text = execFileSync(process.execPath, ['-e', script], { cwd: NOTEBOOKS, env, encoding: 'utf8' });
  return JSON.parse(text.trim());
}

const BYTES = { height: 16, width: 16, channels: 3, data: new Uint8Array(768) };
for (let byte = 0; byte < 256; byte++) BYTES.data.set([byte, 255 - byte, (byte * 7) % 256], byte * 3);

/** The error of a call; fails where there is none. */
function failure(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

suite('to-tensor', {
  'each mode and each module of keras.applications equals preprocess_input bit for bit': () => {
    const expected = Object.entries(json<Record<string, string>>('preprocess'));
    assert.is(expected.length, 21);
    for (const [name, hash] of expected) {
      const tensor = toTensor(BYTES, { preprocess: name as Preprocess });
      const { buffer } = tensor.dataSync() as Float32Array;
      assert.is(createHash('sha256').update(new Uint8Array(buffer)).digest('hex'), hash, name);
      tensor.dispose();
    }
  },
  'names may be written as Keras writes them; an unknown name is refused with the nearest one': () => {
    for (const [name, mode] of [
      ['VGG16', 'caffe'],
      ['MobileNetV2', 'tf'],
      ['ResNet50V2', 'tf'],
      ['DenseNet121', 'torch'],
      ['EfficientNetV2B0', 'raw'],
      // Of Keras 2 only; preprocess_input returns what it gets.
      ['RegNetX002', 'raw'],
      ['regnety320', 'raw'],
      ['resnet_rs', 'raw'],
      ['resnet-rs-50', 'raw'],
      ['keras.applications.vgg16', 'caffe'],
      ['tf.keras.applications.resnet_v2.preprocess_input', 'tf'],
    ] as const) {
      assert.is(preprocessMode(name), mode);
    }
    const unknown = failure(() => toTensor(BYTES, { preprocess: 'vg16' as 'vgg16' }));
    assert.instance(unknown, RangeError);
    assert.match(unknown.message, /preprocess is 'vg16'\. Did you mean .?vgg16.?\?/);
    const gray = { height: 1, width: 1, channels: 1, data: Uint8Array.of(1) };
    assert.match(failure(() => toTensor(gray, { preprocess: 'vgg16' })).message, /colorMode: 'rgb'/);
    assert.match(failure(() => toTensor(BYTES, { preprocess: 'tf', rescale: 1 })).message, /both given/);
  },
  'the preprocessing of a model is read from its first layers and its name': () => {
    const layer = (type: string, name = type, layers?: unknown, rank = 4, config = {}, inputs = 1) =>
      ({
        name,
        getClassName: () => type,
        getConfig: () => config,
        outputShape: new Array(rank).fill(null),
        ...(layers ? { layers, inputs: new Array(inputs) } : {}),
      }) as never;
    const operation = (type: string, done: string) =>
      layer(type, type, undefined, 4, { activation: done, function: done });
    const model = (name: string, ...layers: unknown[]) => layer('Functional', name, layers) as Model;
    const twoInputs = (...layers: unknown[]) => layer('Functional', 'two', layers, 4, {}, 2) as Model;
    const input = layer('InputLayer');
    const conv = layer('Conv2D');
    const augmentation = model('data_augmentation', layer('RandomFlip'), layer('RandomRotation'));
    for (const [mode, given] of [
      ['0..1', model('sequential', conv)],
      ['raw', model('sequential', layer('Rescaling'), conv)],
      ['raw', model('functional', input, layer('Resizing'), layer('Normalization'), conv)],
      ['caffe', model('vgg16', input, conv)],
      ['tf', model('mobilenetv2_1.00_224', input, conv)],
      ['tf', model('mobilenet_1.00_224', input, conv)],
      ['tf', model('resnet50v2', input, conv)],
      ['torch', model('densenet121', input, conv)],
      ['raw', model('efficientnetb0', input, layer('Rescaling'), conv)],
      ['raw', model('efficientnetv2-b0', input, layer('Rescaling'), layer('Normalization'), conv)],
      ['torch', model('efficientnetv2-b0', input, conv)],
      ['tf', model('MobileNetV3Large', input, conv)],
      ['raw', model('MobileNetV3Small', input, layer('Rescaling'), conv)],
      ['tf', model('functional', input, model('xception', input, conv), layer('Dense'))],
      ['raw', model('functional', input, layer('TrueDivide'), model('xception', input, conv))],
      ['raw', model('sequential', model('efficientnetb0', input, layer('Rescaling'), conv))],
      // What Keras saves of its own examples: augmentation in a model of its own comes first.
      ['raw', model('sequential', augmentation, layer('Rescaling'), conv)],
      ['raw', model('functional', input, augmentation, model('prepared', input, layer('Rescaling')), conv)],
      ['raw', model('sequential', model('both', augmentation, model('deep', layer('Normalization'))), conv)],
      ['raw', model('functional', input, augmentation, layer('TrueDivide'), model('vgg16', input, conv))],
      ['tf', model('functional', input, augmentation, model('mobilenetv2_0.35_224', input, conv))],
      ['0..1', model('sequential', augmentation, conv)],
      ['0..1', model('sequential', augmentation, layer('GaussianNoise'), conv, layer('Rescaling'))],
      [
        'raw',
        model('sequential', layer('GaussianNoise'), operation('Activation', 'linear'), layer('Rescaling')),
      ],
      ['0..1', model('sequential', operation('Activation', 'relu'), layer('Rescaling'))],
      // preprocess_input of ResNet50 in the graph, in Keras 3 and 2.
      ['raw', model('functional', input, ...['GetItem', 'Stack', 'Add'].map((type) => layer(type)), conv)],
      ['raw', model('functional', input, layer('SlicingOpLambda'), operation('TFOpLambda', 'nn.bias_add'))],
      ['0..1', model('functional', input, operation('TFOpLambda', 'cast'), conv)],
      [
        'raw',
        model('functional', operation('TFOpLambda', 'image.resize'), operation('TFOpLambda', 'math.truediv')),
      ],
      // Measurements beside the picture.
      ['raw', twoInputs(input, layer('Normalization', 'n', undefined, 2), layer('Rescaling'), conv)],
      ['0..1', twoInputs(input, layer('Normalization', 'n', undefined, 2), conv)],
      // Gray pictures without an axis of channels, and other shapes.
      [
        'raw',
        model('sequential', layer('Flatten', 'f', undefined, 2), layer('Rescaling', 'r', undefined, 2)),
      ],
      [
        'raw',
        model('sequential', layer('Rescaling', 'r', undefined, 3), layer('Flatten', 'f', undefined, 2)),
      ],
      ['raw', model('sequential', layer('Reshape'), layer('Rescaling'), conv)],
      ['raw', model('sequential', layer('MaxPooling2D'), layer('UpSampling2D'), layer('Rescaling'), conv)],
      [
        'raw',
        model(
          'sequential',
          layer('TimeDistributed', 't', undefined, 5, { layer: { class_name: 'Rescaling' } }),
          layer('TimeDistributed', 'c', undefined, 5, { layer: { class_name: 'Conv2D' } }),
        ),
      ],
    ] as const) {
      assert.is(preprocessOfModel(given).mode, mode, given.name);
    }
  },
  async 'a gray picture fits a model of pictures without an axis of channels'() {
    const model = await loadModel('test/fixtures/gray.keras');
    const data = Uint8Array.from({ length: 20 }, (_, i) => 12 * i);
    const picture = { height: 5, width: 4, channels: 1, data };
    const [answer] = await predict(model, picture, { layers: model.layers.length - 1 });
    const expected = json<number[]>('gray.expected');
    for (const [i, value] of answer!.data.entries()) {
      assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${value}`);
    }
    const rgb = { height: 5, width: 4, channels: 3, data: new Uint8Array(60) };
    const error = await predict(model, rgb).catch((thrown) => thrown);
    assert.match(error.message, /needs shape \[any, 5, 4\]/);
    model.dispose();
  },
  ...Object.fromEntries(
    ['native', 'wasm', 'cpu'].map((backend) => [
      `a tensor that is made before TensorFlow runs gives Keras's prediction (${backend})`,
      () => {
        const [first, prediction, left] = printed(
          backend,
          `const t = c.toTensor(await c.loadImage('cat.jpg', { targetSize: [150, 150] }));
           const first = t.dataSync()[0];
           const model = await c.loadModel('dogcat_v1.h5');
           const y = model.predict(t);
           const prediction = y.dataSync()[0];
           const before = require('@tensorflow/tfjs-core').memory().numTensors;
           t.dispose(); y.dispose();
           return [first, prediction, before - require('@tensorflow/tfjs-core').memory().numTensors];`,
        ) as [number, number, number];
        assert.is(first, Math.fround(145 / 255));
        assert.ok(Math.abs(prediction - json<number>('prediction')) < 1e-5);
        assert.is(left, 2);
      },
    ]),
  ),
});
