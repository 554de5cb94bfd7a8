import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import {
  exploreFigure,
  loadImage,
  loadModel,
  matshowFigure,
  predict,
  registerLayer,
  toTensor,
} from '../../src/index';
import { modelFromFile } from '../../src/keras/build/assemble';
import { architectureOf } from '../../src/keras/file/read-config';
import { fromHalf, toHalf } from '../../src/live/model/half';
import type { ExplorerSettings } from '../../src/live/page/settings';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');
const folder = mkdtempSync(join(tmpdir(), 'convlens-live-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const cat = (size = 150) => loadImage(join(NOTEBOOKS, 'cat.jpg'), { targetSize: [size, size] });
const tutorial = async () => {
  const model = await loadModel(join(NOTEBOOKS, 'dogcat_v1.h5'));
  const picture = await cat();
  return { model, picture, activations: await predict(model, picture) };
};

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.unreachable('it was saved') as never,
    (error) => error,
  );

const settingsOf = (path: string): ExplorerSettings =>
  JSON.parse(/id="settings">([^<]*)</.exec(readFileSync(path, 'utf8'))![1]!);

/** A Keras model whose only layer between is the given one. */
function modelWith(className: string, config: object, shape: (number | null)[] = [null, 8, 8, 3]) {
  return {
    class_name: 'Sequential',
    config: {
      name: 'small',
      layers: [
        { class_name: 'InputLayer', config: { batch_input_shape: shape, name: 'in' } },
        { class_name: className, config: { name: 'odd', ...config } },
      ],
    },
    keras_version: '2.15.0',
  };
}

suite('saving an explorer as a live page', {
  async 'writes one file with model, engine and still figure, under a policy without connections'() {
    const { model, picture, activations } = await tutorial();
    await exploreFigure(activations, { model, picture, labels: ['cat', 'dog'] }).save(at('a.html'), {
      live: true,
    });
    const html = readFileSync(at('a.html'), 'utf8');
    const [policy] = /Content-Security-Policy" content="[^"]*/.exec(html)!;
    assert.match(policy, /default-src 'none'; img-src data: blob:; .*worker-src blob:;/);
    assert.not.match(policy, /connect-src|unsafe-eval'(?<!wasm-unsafe-eval')|http/);
    assert.ok(html.length < 1.5e6, `${html.length} bytes`);
    const { model: facts, preprocess, labels, notes } = settingsOf(at('a.html'));
    assert.equal([facts.bits, preprocess, labels, notes], [32, '0..1', ['cat', 'dog'], []]);
    const [, packed] = /id="weights">([^<]*)</.exec(html)!;
    assert.is(gunzipSync(Buffer.from(packed!, 'base64')).length, 4 * model.countParams());
  },

  async 'finds the preprocessing by which the activations were made, and refuses where none gives them'() {
    const { model, picture } = await tutorial();
    for (const preprocess of ['raw', 'tf', 'caffe', 'torch'] as const) {
      const activations = await predict(model, toTensor(picture, { preprocess }));
      await exploreFigure(activations, { model, picture }).save(at('mode.html'), { live: true });
      assert.is(settingsOf(at('mode.html')).preprocess, preprocess);
    }
    const others = await predict(model, toTensor(picture, { rescale: 1 / 1000 }));
    const error = await failure(
      exploreFigure(others, { model, picture }).save(at('no.html'), { live: true }),
    );
    assert.is(error.name, 'ModelError');
    assert.match(
      error.message,
      /the maps of the page differ from these activations by .* of the largest value of "\w+"\. Pass the picture/,
    );
    assert.not.ok(existsSync(at('no.html')));
  },

  async 'weights of 16 bits are asked for, make the page smaller, and the page says how inexact they are'() {
    const { model, picture, activations } = await tutorial();
    const figure = exploreFigure(activations, { model, picture });
    await figure.save(at('half.html'), { live: true, bits: 16 });
    await figure.save(at('whole.html'), { live: true });
    assert.ok(readFileSync(at('half.html')).length < readFileSync(at('whole.html')).length - 30_000);
    const [note] = settingsOf(at('half.html')).notes;
    assert.match(
      note!,
      /The weights have 16 bits: on the author's picture the maps differ by up to 0\.\d+ % /,
    );
    assert.match(readFileSync(at('half.html'), 'utf8'), 'The weights have 16 bits');
  },

  async 'refuses by name what a browser cannot compute, and what no picture fits'() {
    const { model, picture, activations } = await tutorial();
    const { mul } = require('@tensorflow/tfjs-core');
    const { layers } = require('@tensorflow/tfjs-layers');
    class Twice extends layers.Layer {
      static className = 'Twice';
      call(inputs: unknown) {
        return mul([inputs].flat()[0], 2);
      }
    }
    registerLayer('Twice', Twice as never);
    const own = await custom(modelWith('Twice', {}));
    const small = await cat(8);
    const maps = await predict(own, small);
    const cases: [figure: ReturnType<typeof exploreFigure>, options: object, name: string, words: RegExp][] =
      [
        [
          exploreFigure(maps, { model: own, picture: small }),
          {},
          'ModelError',
          /layer "odd" is a Twice, registered by registerLayer: your own code/,
        ],
        [
          exploreFigure(activations, { picture }),
          {},
          'TypeError',
          /needs the model and its picture\. Use exploreFigure/,
        ],
        [exploreFigure(activations, { model }), {}, 'TypeError', /needs the model and its picture/],
        [matshowFigure(activations[0]!), {}, 'TypeError', /needs the model and its picture/],
        [
          exploreFigure(activations, { model: { layers: [] }, picture }),
          {},
          'RangeError',
          /readers give it one picture, and the model takes none/,
        ],
        [
          exploreFigure(activations, { model, picture: await cat(100) }),
          {},
          'RangeError',
          /has 100 × 100 pixels of 3 channels, and the model takes 150 × 150 × 3\. Load it with/,
        ],
        [
          exploreFigure(activations, { model, picture }),
          { maxBytes: 500_000 },
          'RangeError',
          /it would have 1(\.\d)? MB, above the limit of 0\.5 MB\. Raise \{ maxBytes \}/,
        ],
        [exploreFigure(activations, { model, picture }), { maxBytes: 0 }, 'RangeError', /maxBytes is 0/],
        [
          exploreFigure(activations, { model, picture }),
          { bits: 8 },
          'RangeError',
          /bits is 8\. Give 32 or 16/,
        ],
        [exploreFigure(activations, { model, picture }), { size: 8 }, 'TypeError', /unknown option "size"/],
        [
          exploreFigure(activations, { model, picture, labels: ['cat', 'dog', 'cow'] }),
          {},
          'RangeError',
          /the model has 2 classes .* and there are 3 labels/,
        ],
      ];
    for (const [figure, options, name, words] of cases) {
      const error = await failure(figure.save(at('refused.html'), { live: true, ...options }));
      assert.is(error.name, name, error.message);
      assert.match(error.message, /^Cannot save .*refused\.html/);
      assert.match(error.message, words);
    }
    const figure = exploreFigure(activations, { model, picture });
    assert.match((await failure(figure.save(at('x.png'), { live: true }))).message, /must end with \.html/);
  },

  'numbers of 16 bits are rounded as IEEE 754 says'() {
    // By numpy: np.float32(x).astype(np.float16).view(np.uint16).
    const known: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [0.1, 0x2e66],
      [1 / 3, 0x3555],
      [65504, 0x7bff],
      [65519, 0x7bff],
      [65520, 0x7c00],
      [1e9, 0x7c00],
      [Number.NEGATIVE_INFINITY, 0xfc00],
      [6e-8, 0x0001],
      [2e-8, 0x0000],
      [6.0975e-5, 0x03ff],
      [6.1035e-5, 0x0400],
      [2049, 0x6800],
      [2051, 0x6802],
      [0.00012207, 0x0800],
    ];
    for (const [value, bits] of known) assert.is(toHalf(value), bits, String(value));
    for (let half = 0; half < 0x7c00; half++) assert.is(toHalf(fromHalf(half)), half);
    assert.ok(Number.isNaN(fromHalf(toHalf(Number.NaN))));
  },
});

/** A model without weights, from a configuration alone. */
function custom(config: object) {
  const { graph, dialect } = architectureOf(config as never);
  return modelFromFile('small', () => ({ graph, dialect, fill: async () => {} }));
}
