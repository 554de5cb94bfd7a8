import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as convlens from '../src/index';
import { tf } from '../src/tensorflow/backend';
import { FIXTURES, kerasActivation } from './npy';
import { suite } from './suite';

/** What plain JavaScript lets pass: the functions without their types. */
const c = convlens as unknown as Record<string, (...given: unknown[]) => unknown>;
const map = kerasActivation('conv2d_1');
const maps = [map, kerasActivation('conv2d_2')];
const picture = { height: 1, width: 2, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const soon = Promise.resolve(map);
const AWAIT = /write await/;
const CAT = join(FIXTURES, '..', '..', 'notebooks', 'cat.jpg');
const draw = () => {};

/** The tutorial's model and picture, another model of the same names, and a layer of one that was disposed. */
let model: convlens.Model;
let other: convlens.Model;
let cat: convlens.Picture;
let disposed: unknown;

async function load(): Promise<void> {
  const file = join(FIXTURES, 'dogcat_v1.keras');
  const gone = await convlens.loadModel(file);
  [model, other] = [await convlens.loadModel(file), await convlens.loadModel(file)];
  cat = await convlens.loadImage(CAT, { targetSize: [150, 150] });
  [disposed] = gone.layers;
  gone.dispose();
}

/** A tensor that no picture becomes. */
function tensorOf(shape: number[], dtype: 'float32' | 'string' | 'complex64' = 'float32'): unknown {
  if (dtype === 'complex64') return tf().complex(tf().zeros(shape), tf().zeros(shape));
  return dtype === 'string' ? tf().fill(shape, 'a', dtype) : tf().zeros(shape);
}

/** The functions that take one activation, with whatever stands before it. */
const ONE: Record<string, (given: unknown, options?: unknown) => unknown> = {
  matshowFigure: (given, options) => c['matshowFigure']!(given, options),
  matshow: (given, options) => c['matshow']!(given, options),
  gridFigure: (given, options) => c['gridFigure']!(given, options),
  grid: (given, options) => c['grid']!(given, options),
  overlayFigure: (given, options) => c['overlayFigure']!(picture, given, options),
  overlay: (given, options) => c['overlay']!(picture, given, options),
  channelStats: (given, options) => c['channelStats']!(given, options),
  channelStatsFigure: (given, options) => c['channelStatsFigure']!(given, options),
  displayGrid: (given, options) => c['displayGrid']!(given, options),
};

/** The functions that take several. */
const SEVERAL = ['exploreFigure', 'explore', 'overviewFigure', 'overview', 'compareFigure', 'compare'];

/** Each mistake, and what the sentence about it says. */
const MISTAKES: [call: () => unknown, words: RegExp][] = [
  [() => c['featureMap']!(soon, 0), AWAIT],
  [
    () => c['displayGrid']!(map, { imagesPerRow: 1e12 }),
    /at most 268435456 are drawn\. Choose fewer channels/,
  ],
  [() => c['gridFigure']!(map, { channels: new Array(1e5).fill(1) }), /at most 268435456 are drawn/],
  [() => c['overviewFigure']!(maps, { types: maps }), /no layer is an activation or an activation/],
  [() => c['loadAtlas']!(soon), AWAIT],
  [() => c['loadAtlas']!(Symbol('x')), /the path is a symbol/],
  [() => c['loadImage']!(CAT, { targetSize: maps }), /size of an array of 2 activations/],
  [() => c['predictions']!(model, cat, { output: soon }), AWAIT],
  [() => c['predictions']!(model, cat, { output: Symbol('x') }), /output is a symbol/],
  [() => c['gradCam']!(model, cat, { layer: [] }), /no layer is chosen/],
  [() => c['receptiveField']!(model, [], 1, 1), /no layer is chosen/],
  [() => c['receptiveField']!(model, 'conv2d_1', soon, 1), AWAIT],
  [() => c['receptiveField']!(model, 'conv2d_1', 1, maps), /no column that is an array of 2 activations/],
  [() => c['featureMap']!(maps, 0), /an array of 2 activations.*activations\[0\]/],
  [() => c['featureMap']!(map, '3'), /channel is a string/],
  [() => c['featureMap']!(map), /channel is undefined/],
  [() => c['featureMap']!(map, 0, '1'), /sample is a string/],
  [() => c['stats']!(undefined), /this is undefined/],
  [() => c['stats']!(soon), AWAIT],
  [() => c['stats']!(map), /this is an activation\. Pass its data/],
  [() => c['stats']!('123'), /this is a string/],
  [() => c['stats']!(['1', 2]), /a value is a string/],
  [() => c['stats']!([1, undefined]), /a value is undefined/],
  [() => c['show']!(soon), AWAIT],
  [() => c['show']!(undefined), /it is undefined/],
  [() => c['show']!(maps), /an array of 2 activations\. Use matshow/],
  [() => c['show']!(map), /an activation\. Use matshow/],
  [() => c['show']!('x'), /a string/],
  [() => c['overlayFigure']!(soon, map), AWAIT],
  [() => c['overlayFigure']!(map, picture), /this is an activation\. Pass what loadImage returns/],
  [() => c['overlayFigure']!(undefined, map), /this is undefined/],
  [() => c['exploreFigure']!(maps, { picture: Promise.resolve(picture) }), AWAIT],
  [() => c['exploreFigure']!([map, undefined]), /element 1 is undefined/],
  [() => c['explore']!(maps, { live: 'yes' }), /live is a string/],
  [() => c['compareFigure']!(map), /Cannot compare one map/],
  [() => c['compareFigure']!(maps, { titles: 'a' }), /titles is a string/],
  [() => c['matshowFigure']!([Promise.resolve([1])]), /arrays of numbers/],
  [() => c['matshowFigure']!(maps), /an array of 2 activations as one map/],
  [() => c['matshowFigure']!(map, { channel: '1' }), /channel is a string\. Give a number/],
  [() => c['matshowFigure']!(map, { scale: 5 }), /scale is a number/],
  [() => c['matshowFigure']!(map, null), /the options are null/],
  [() => c['matshowFigure']!(map, 3), /the options are a number/],
  [() => c['gridFigure']!(map, { imagesPerRow: '8' }), /imagesPerRow is a string/],
  [() => c['gridFigure']!(map, { images_per_row: 8 }), /imagesPerRow/],
  [() => c['toTensor']!(soon), AWAIT],
  [() => c['toTensor']!(undefined), /this is undefined/],
  [() => c['toTensor']!(map), /this is an activation/],
  [() => c['toTensor']!([picture]), /an array/],
  [() => c['toTensor']!(picture, { rescale: '1' }), /rescale is a string/],
  [() => c['toTensor']!(picture, { preprocess: 5 }), /preprocess is a number/],
  [() => c['toTensor']!(picture, { preproces: 'tf' }), /unknown option "preproces".*preprocess/],
  [() => c['loadImage']!(Promise.resolve(CAT)), AWAIT],
  [() => c['loadImage']!(undefined), /source is undefined/],
  [() => c['loadImage']!([CAT]), /source is an array/],
  [() => c['loadImage']!(CAT, { target_size: [150, 150] }), /unknown option "target_size".*targetSize/],
  [() => c['loadImage']!(CAT, { color_mode: 'rgb' }), /unknown option "color_mode".*colorMode/],
  [() => c['loadImage']!(CAT, { targetSize: 150 }), /targetSize is a number\. Give \[height, width\]/],
  [() => c['loadImage']!(CAT, { targetSize: '150x150' }), /targetSize is a string/],
  [() => c['loadImage']!(CAT, { targetSize: ['150', 150] }), /targetSize holds the text '150'/],
  [() => c['loadImage']!(CAT, { maxPixels: '5' }), /maxPixels is a string/],
  [() => c['loadImage']!(CAT, [150, 150]), /the options are an array/],
  [() => c['slider']!('0', 15), /min is a string/],
  [() => c['slider']!(0), /max is undefined/],
  [() => c['slider']!(0, Promise.resolve(15)), AWAIT],
  [() => c['slider']!(0, 15, 3), /the options are a number/],
  [() => c['slider']!(0, 15, { value: '3' }), /value is a string/],
  [() => c['slider']!(0, 15, { valeu: 3 }), /unknown option "valeu".*value/],
  [() => c['dropdown']!(undefined), /the choices are undefined/],
  [() => c['dropdown']!('viridis'), /the choices are a string/],
  [() => c['dropdown']!([1, 2]), /choice 0 is a number/],
  [() => c['dropdown']!(['a'], 'a'), /the options are a string/],
  [() => c['checkbox']!('yes'), /its value is a string/],
  [() => c['interact']!(undefined, draw), /the controls are undefined/],
  [() => c['interact']!(c['slider']!(0, 1), draw), /the controls are one control/],
  [() => c['interact']!({ a: 5 }, draw), /Cannot interact with a: it is a number, not a control/],
  [() => c['interact']!({ a: Promise.resolve(c['slider']!(0, 1)) }, draw), AWAIT],
  [() => c['interact']!({ a: c['slider']!(0, 1) }), /draw is undefined/],
  [() => (c['output']!() as convlens.Output).draw(5 as never), /this is a number\. Give a function/],
  [() => c['predictions']!(undefined, picture), /the model is undefined/],
  [() => c['predictions']!(soon, picture), AWAIT],
  [() => c['predictionsFigure']!(Promise.resolve([])), /what predictions returns/],
  [() => c['predict']!(Promise.resolve({}), picture), AWAIT],
  [() => c['predictions']!(model, cat, { labels: Promise.resolve(['cat', 'dog']) }), AWAIT],
  [() => c['predictions']!(model, cat, { labels: new Map([['cat', 0]]) }), /an object without class names/],
  [() => c['predictions']!(model, cat, { labels: {} }), /an object without class names/],
  [() => c['predictions']!(model, cat, { sample: '0' }), /sample is a string\. Give a number/],
  [() => c['predictions']!(model, cat, { top: '2' }), /top is a string\. Give a number/],
  [() => c['predict']!(model, cat, { layers: other.layers[0] }), /"conv2d_1" belongs to another model/],
  [() => c['predict']!(model, cat, { layers: () => true }), /a layer is a function/],
  [
    () => c['predict']!(model, cat, { layers: /dense/, types: 'Conv2D' }),
    /none of these layers is of class Conv2D/,
  ],
  [() => c['predict']!(model, cat, { types: /Conv/ }), /a type is an object/],
  [() => c['predict']!(model, cat, { types: [5n] }), /a type is a bigint/],
  [() => c['predict']!(model, tensorOf([0, 150, 150, 3])), /is empty, of shape \[0, 150, 150, 3\]/],
  [() => c['predict']!(model, tensorOf([1, 150, 150, 3], 'string')), /the tensor holds texts/],
  [() => c['predict']!(model, tensorOf([1, 150, 150, 3], 'complex64')), /the tensor holds complex numbers/],
  [() => c['filterPatterns']!(model, { layer: 'conv2d_1', size: 1e9 }), /size is 1000000000/],
  [() => c['kernelsFigure']!(disposed), /its weights are gone/],
];

const failure = async (call: () => unknown): Promise<Error | undefined> => {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  return undefined;
};

async function says(call: () => unknown, words: RegExp): Promise<void> {
  const error = await failure(call);
  assert.ok(error, `nothing was thrown: ${call} should say ${words}`);
  assert.ok(error instanceof TypeError || error instanceof RangeError, `${call}: ${error}`);
  assert.match(error.message, /^Cannot [\s\S]+[.?]$/);
  assert.match(error.message, words);
}

suite('mistakes', {
  'in place of an activation, a Promise, an array, a tensor, a picture and undefined have their error messages':
    async () => {
      const tensor = convlens.toTensor(picture);
      for (const [name, call] of Object.entries(ONE)) {
        await says(() => call(soon), AWAIT);
        await says(() => call(maps), /an array of 2 activations/);
        await says(() => call(undefined), /undefined/);
        await says(() => call(null), /null/);
        await says(() => call('conv2d_1'), /a string/);
        await says(() => call(tensor), /a tensor/);
        await says(() => call({ layer: 'x' }), /an object/);
        await says(() => call(map, { chanel: 1 }), /unknown option "chanel"/);
        await says(() => call(map, { index: '0' }), /index is a string/);
        if (!name.startsWith('matshow')) await says(() => call(picture), /a picture/);
      }
      tensor.dispose();
    },
  'in place of a list of activations, too': async () => {
    for (const name of SEVERAL) {
      const call = c[name]!;
      await says(() => call(Promise.resolve(maps)), AWAIT);
      await says(() => call([soon, soon]), AWAIT);
      await says(() => call(undefined), /undefined/);
      await says(() => call(picture), /a picture/);
      await says(() => call(maps, { colour_map: 'gray' }), /unknown option "colour_map"/);
      await says(() => call(maps, { cmap: 5 }), /cmap is a number/);
    }
  },
  'every other mistake has its error message': async () => {
    await load();
    for (const [call, words] of MISTAKES) await says(call, words);
  },
  'predict and predictions refuse a disposed tensor and a value that is not a tensor': async () => {
    const model = await convlens.loadModel(join(FIXTURES, 'dogcat_v1.keras'));
    const tensor = convlens.toTensor(await convlens.loadImage(CAT, { targetSize: [150, 150] }));
    tensor.dispose();
    for (const name of ['predict', 'predictions']) {
      await says(() => c[name]!(model, tensor), /a tensor that was disposed/);
      await says(() => c[name]!(model, convlens.loadImage(CAT)), AWAIT);
      await says(() => c[name]!(model, undefined), /the input is undefined/);
      await says(() => c[name]!(model, [[1, 2]]), /the input is an array/);
      await says(() => c[name]!(model, maps), /the input is an activation, one of 2/);
    }
  },
});
