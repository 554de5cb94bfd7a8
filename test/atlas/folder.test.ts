import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { batchFor } from '../../src/atlas/make-plan';
import { atlasJson } from '../../src/atlas/output/json';
import { type Atlas, AtlasError, atlas, loadAtlas, loadModel } from '../../src/index';
import { suite } from '../suite';
import { compareWithNumpy, expected } from './expected';
import { drawFolder, filesOf, fresh, hash, OUT } from './files';

const LAYERS = Object.keys(expected.layers);

/** All numbers of an atlas as one hash; uvu takes NaN for another number than NaN. */
const numbersOf = (a: Atlas) =>
  hash(
    atlasJson({
      ...a,
      pictures: [],
      layers: a.layers.map((layer) => ({ ...layer, auc: new Float64Array(0) })),
      classes: undefined,
    }),
  );

suite('atlas of a folder', {
  'a batch has 8 pictures, or as many as have 64 MB of maps together, or one'() {
    // The first map of a network of 32 channels, at a number of sizes; 4 bytes a value.
    const batch = (side: number) => batchFor([{ height: side, width: side, channels: 32 }]);
    assert.equal([1, 148, 250, 251, 353, 500, 708, 2000].map(batch), [8, 8, 8, 7, 4, 2, 1, 1]);
  },
  async 'folders are classes; unreadable pictures are left out and listed'() {
    const model = await loadModel('notebooks/detectors.keras');
    const pictures = await drawFolder('classes', 60);
    writeFileSync(join(pictures, 'cat', 'a-text.png'), 'no picture');
    writeFileSync(join(pictures, 'cat', 'half.png'), readFileSync('notebooks/cat.jpg').subarray(0, 3000));
    writeFileSync(join(pictures, 'circle', 'notes.txt'), 'not counted');
    const a = await atlas(model, pictures, { layers: LAYERS, shardSize: 7, batch: 3 });
    assert.is(a.pictures.length, 62);
    assert.equal(
      a.skipped.map(({ picture }) => a.pictures[picture]),
      ['cat/a-text.png', 'cat/half.png'],
    );
    for (const { reason } of a.skipped) {
      assert.match(reason, /is not a picture that can be read/);
      assert.not.match(reason, /\/|half/);
    }
    assert.equal(a.classes!.names, expected.classes);
    assert.is(
      a.classes!.confusion.reduce((sum, n) => sum + n),
      60,
    );
    // The same pictures without the broken ones give the same numbers.
    for (const { picture } of a.skipped) rmSync(join(pictures, a.pictures[picture]!));
    const b = await atlas(model, pictures, { layers: LAYERS, shardSize: 7, batch: 3 });
    for (const [i, layer] of a.layers.entries()) {
      for (const name of ['count', 'zeros', 'fires', 'bins', 'topValues', 'auc'] as const) {
        assert.equal(layer[name], b.layers[i]![name], name);
      }
    }
    model.dispose();
  },
  async 'what is written is read again, and two runs write the same bytes'() {
    const model = await loadModel('notebooks/detectors.keras');
    const [first, second] = [fresh('first'), fresh('second')];
    const a = await atlas(model, 'notebooks/drawn.npz', { layers: LAYERS, out: first });
    compareWithNumpy(a);
    compareWithNumpy(loadAtlas(first));
    assert.is(
      hash(atlasJson(loadAtlas(join(first, 'atlas.json')))),
      hash(readFileSync(join(first, 'atlas.json'))),
    );
    await atlas(model, 'notebooks/drawn.npz', { layers: LAYERS, out: second });
    assert.equal(filesOf(first), filesOf(second));
    assert.not.ok(existsSync(join(first, 'parts')));
    model.dispose();
  },
  async 'a run that was ended goes on, and ends with the same bytes'() {
    const model = await loadModel('notebooks/detectors.keras');
    const [whole, ended] = [fresh('whole'), fresh('ended')];
    const options = { layers: LAYERS, stopAfter: 500, shardSize: 64 };
    await atlas(model, 'notebooks/drawn.npz', { ...options, out: whole });
    const stop = new AbortController();
    const failure = await atlas(model, 'notebooks/drawn.npz', {
      ...options,
      out: ended,
      signal: stop.signal,
      onProgress: ({ done }) => done > 250 && stop.abort(new Error('enough')),
    }).catch((error) => error);
    assert.is(failure.message, 'enough');
    assert.is(readdirSync(join(ended, 'parts')).length, 9);
    const again = await atlas(model, 'notebooks/drawn.npz', { ...options, out: ended }).catch(
      (error) => error,
    );
    assert.match(again.message, /a run that has not ended has left its parts there\. Go on with resume/);
    const other = { ...options, top: 3, out: ended, resume: true };
    const mixed = await atlas(model, 'notebooks/drawn.npz', other).catch((error) => error);
    assert.match(mixed.message, /its parts are of another model, other pictures or other options/);
    // A part that is damaged is computed again.
    writeFileSync(join(ended, 'parts', '000001.part'), 'damaged');
    const steps: number[] = [];
    await atlas(model, 'notebooks/drawn.npz', {
      ...options,
      out: ended,
      resume: true,
      onProgress: ({ done }) => steps.push(done),
    });
    // Three of four parts are there.
    assert.equal(steps.slice(0, 2), [192, 200]);
    assert.equal(filesOf(ended), filesOf(whole));
    model.dispose();
  },
  async 'labels from a CSV, patterns and lists'() {
    const model = await loadModel('notebooks/detectors.keras');
    const pictures = await drawFolder('plain', 12);
    const layers = 'detectors';
    const named = await atlas(model, pictures, { layers });
    const csv = join(OUT, 'labels.csv');
    const rows = named.pictures.map((name, i) => `"${name}",${i % 2 ? 'odd, or so' : 'even'}`);
    writeFileSync(
      csv,
      ['name,label', ...rows.slice(1).map((row) => row.replace(', or so', ''))].join('\r\n'),
    );
    const labelled = await atlas(model, pictures, { layers, labels: csv });
    assert.equal(labelled.classes!.names, ['even', 'odd']);
    assert.equal([...labelled.classes!.labels].slice(0, 4), [-1, 1, 0, 1]);
    assert.is((await atlas(model, pictures, { layers, labels: false })).classes, undefined);
    const globbed = await atlas(model, `${pictures}/**/*.png`, { layers });
    assert.is(numbersOf(globbed), numbersOf(named));
    assert.equal(globbed.pictures, named.pictures);
    const list = join(pictures, 'list.txt');
    writeFileSync(list, `# two of them\n${named.pictures[3]}\n\n${named.pictures[1]}\n`);
    assert.equal((await atlas(model, list, { layers })).pictures, [named.pictures[3], named.pictures[1]]);
    model.dispose();
  },
  async 'wrong requests say what is wrong'() {
    const model = await loadModel('notebooks/detectors.keras');
    const cases: [unknown, object, unknown, RegExp][] = [
      ['lost', {}, AtlasError, /there is no lost\. Give a folder of pictures/],
      [fresh('empty'), {}, AtlasError, /there are no pictures/],
      ['notebooks/cat.jpg', {}, AtlasError, /cat\.jpg: it is no data set/],
      ['notebooks/drawn.npz#z', {}, AtlasError, /no array z\. Its arrays: x, y/],
      ['notebooks/drawn.npz', { layers: 'lost' }, RangeError, /no layer "lost"/],
      ['notebooks/drawn.npz', { top: 0 }, RangeError, /top is 0/],
      ['notebooks/drawn.npz', { size: [9, 9] }, RangeError, /takes pictures of 32 × 32/],
      [
        'notebooks/drawn.npz',
        { labels: 'lost.csv' },
        AtlasError,
        /labels of lost\.csv: there is no such file/,
      ],
      ['notebooks/drawn.npz', { lables: false }, TypeError, /unknown option "lables"/],
      [7, {}, TypeError, /the pictures are/],
    ];
    for (const [pictures, options, kind, message] of cases) {
      const error = await atlas(model, pictures as never, options).catch((thrown) => thrown);
      assert.ok(error instanceof (kind as never), `${error}`);
      assert.match(error.message, message);
    }
    model.dispose();
    const gone = await atlas(model, 'notebooks/drawn.npz').catch((thrown) => thrown);
    assert.match(gone.message, /the model was disposed/);
    assert.throws(() => loadAtlas('notebooks'), /there is no such file/);
  },
});
