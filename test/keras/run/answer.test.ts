import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { predictions } from '../../../src/cell/predictions';
import { loadModel } from '../../../src/keras/load';
import { labelsOf, parseLabels } from '../../../src/keras/run/labels';
import { kindOfScores, namedScores } from '../../../src/maps/prediction';
import { loadImage } from '../../../src/pictures/load';
import { toTensor } from '../../../src/pictures/to-tensor';
import { tf } from '../../../src/tensorflow/backend';
import { FIXTURES, json } from '../../npy';
import { suite } from '../../suite';

const NOTEBOOKS = join(FIXTURES, '..', '..', 'notebooks');
const cat = () => loadImage(join(NOTEBOOKS, 'cat.jpg'), { targetSize: [150, 150] });
const dogcat = () => loadModel(join(NOTEBOOKS, 'dogcat_v1.h5'));

/** The error of a call that must fail. */
async function failure(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

suite('predictions', {
  "one sigmoid unit gives two classes with Keras's numbers, and leaves no tensor": async () => {
    const dog = json<number>('prediction');
    const model = await dogcat();
    const picture = await cat();
    const tensor = toTensor(picture);
    const before = tf().memory().numTensors;
    for (const input of [picture, tensor]) {
      const answer = await predictions(model, input, { labels: ['cat', 'dog'] });
      assert.equal(
        answer.map(({ label, index, kind }) => [label, index, kind]),
        [
          ['cat', 0, 'sigmoid'],
          ['dog', 1, 'sigmoid'],
        ],
      );
      assert.ok(Math.abs(answer[1]!.score - dog) < 1e-6);
      assert.ok(Math.abs(answer[0]!.score - (1 - dog)) < 1e-6);
    }
    assert.is(tf().memory().numTensors, before);
    tensor.dispose();
    const [best] = await predictions(model, picture, { labels: ['dog'], top: 1 });
    assert.is(best!.label, 'not dog');
  },
  'labels are read from text and JSON files, also those of Keras, ImageNet and Teachable Machine':
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'convlens-labels-'));
      try {
        const model = await dogcat();
        for (const [name, text] of [
          ['plain.txt', 'cat\ndog\n'],
          ['numbered.txt', '0 cat\r\n1 dog\r\n'],
          ['list.json', '["cat", "dog"]'],
          ['class_indices.json', '{"dog": 1, "cat": 0}'],
          ['imagenet_class_index.json', '{"0": ["n02123045", "cat"], "1": ["n02084071", "dog"]}'],
        ] as const) {
          writeFileSync(join(folder, name), text);
          const path = join(folder, name);
          for (const labels of [path, pathToFileURL(path)]) {
            const answer = await predictions(model, await cat(), { labels });
            assert.equal(
              answer.map(({ label }) => label),
              ['cat', 'dog'],
              name,
            );
          }
        }
        // A gigabyte that takes no room on the disk.
        const large = join(folder, 'large.txt');
        writeFileSync(large, 'cat\ndog\n');
        truncateSync(large, 2 ** 30);
        const before = process.memoryUsage().rss;
        const error = await failure(async () => predictions(model, await cat(), { labels: large }));
        assert.instance(error, TypeError);
        assert.match(
          error.message,
          /large\.txt: it has 1073741824 bytes, more than any list of names\. Give/,
        );
        assert.ok(process.memoryUsage().rss - before < 300e6);
      } finally {
        rmSync(folder, { recursive: true });
      }
      assert.equal(parseLabels('0: a b\n1: c'), ['a b', 'c']);
      assert.equal(parseLabels('3 cats\n1 dog'), ['3 cats', '1 dog']);
      assert.equal(labelsOf({ '1': 'b', '0': 'a' }), ['a', 'b']);
    },
  'scores are interpreted by the last layer, or by their sum, and sorted; NaN comes last': () => {
    assert.is(kindOfScores([0.2, 0.8], undefined), 'softmax');
    assert.is(kindOfScores([0.2, 0.9], undefined), 'raw');
    assert.is(kindOfScores([0.2, 0.8], 'sigmoid'), 'sigmoid');
    assert.is(kindOfScores([0.5], 'linear'), 'raw');
    assert.is(kindOfScores([3, -1], 'linear'), 'raw');
    assert.equal(
      namedScores([1, Number.NaN, 5, 5], 'raw', undefined).map(({ label }) => label),
      ['2', '3', '0', '1'],
    );
  },
  'outputs that are not classes, and labels that do not fit, are refused': async () => {
    const model = await dogcat();
    const picture = await cat();
    for (const [options, Class, words] of [
      [
        { labels: ['a', 'b', 'c'] },
        RangeError,
        /2 classes \(one unit with a sigmoid\) and there are 3 labels/,
      ],
      [{ labels: 5 }, TypeError, /labels is a number/],
      [{ labels: ['a', 5] }, TypeError, /label 1 is a number/],
      [{ labels: { a: 0, b: 0 } }, TypeError, /numbers are not 0 to 1, each once/],
      [{ labels: 'nowhere.txt' }, TypeError, /nowhere\.txt: there is no such file/],
      [{ top: 0 }, RangeError, /top 0/],
      [{ top: '3' }, TypeError, /top is a string\. Give a number/],
      [{ sample: 1 }, RangeError, /sample 1: the batch has 1/],
      [{ output: 2 }, RangeError, /no output 2/],
      [{ lables: ['a', 'b'] }, TypeError, /unknown option "lables".*labels/],
    ] as const) {
      const error = await failure(() => predictions(model, picture, options as never));
      assert.instance(error, Class, error.message);
      assert.match(error.message, words);
    }
    const map = await failure(async () =>
      predictions(await loadModel(join(FIXTURES, 'keras', 'rescaling.keras')), await cat()),
    );
    assert.match(map.message, /^Cannot /);
  },
});
