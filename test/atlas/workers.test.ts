import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { atlas, loadModel, ModelError } from '../../src/index';
import { alive, below } from '../processes';
import { suite } from '../suite';
import { drawFolder, filesOf, fresh } from './files';

const CLI = 'dist/src/cli/main.js';
const MODEL = 'notebooks/dogcat_v1.h5';
/** Six shards. */
const OPTIONS = { stopAfter: 92, shardSize: 16, batch: 4 };
const ARGUMENTS = ['--stop-after', '92', '--shard-size', '16', '--batch', '4'];

const convlens = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });

/** What one process writes. */
const alone = (async () => {
  const out = fresh('alone');
  const model = await loadModel(MODEL);
  await atlas(model, 'notebooks/drawn.npz', { ...OPTIONS, out });
  model.dispose();
  return filesOf(out);
})();

const until = async (isSo: () => boolean) => {
  for (let i = 0; i < 1200 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(isSo());
};

suite('workers of an atlas', {
  async 'two and four write the same bytes as one'() {
    for (const workers of [2, 4]) {
      const out = fresh(`workers-${workers}`);
      const seen: number[] = [];
      await atlas(MODEL, 'notebooks/drawn.npz', {
        ...OPTIONS,
        out,
        workers,
        onProgress: ({ done, total }) => seen.push(done / total),
      });
      assert.is(seen.at(-1), 1);
      assert.equal(filesOf(out), await alone);
      const log = readFileSync(join(out, 'atlas.log'), 'utf8');
      assert.is(new Set(log.match(/worker \d+: shard/g)).size, workers);
    }
    assert.equal(below(process.pid), []);
  },
  async 'one that is killed in its work is replaced, and nothing changes'() {
    const out = fresh('killed');
    const run = spawn(process.execPath, [
      CLI,
      'atlas',
      MODEL,
      'notebooks/drawn.npz',
      '-o',
      out,
      '--workers',
      '2',
      ...ARGUMENTS,
    ]);
    const ended = new Promise((resolve) => run.on('exit', resolve));
    await until(
      () =>
        existsSync(join(out, 'parts')) &&
        readdirSync(join(out, 'parts')).some((name) => name.endsWith('.part')),
    );
    const [worker] = below(run.pid!);
    process.kill(worker!, 'SIGKILL');
    assert.is(await ended, 0);
    assert.not.ok(alive(worker!));
    assert.equal(filesOf(out), await alone);
    assert.match(
      readFileSync(join(out, 'atlas.log'), 'utf8'),
      new RegExp(`worker ${worker} ended \\(SIGKILL\\)`),
    );
  },
  async 'a run whose process is killed goes on with --resume; an interrupt says so'() {
    const out = fresh('resumed');
    const args = ['atlas', MODEL, 'notebooks/drawn.npz', '-o', out, '--workers', '1', ...ARGUMENTS];
    const parts = () => (existsSync(join(out, 'parts')) ? readdirSync(join(out, 'parts')) : []);
    const first = spawn(process.execPath, [CLI, ...args]);
    const killed = new Promise((resolve) => first.on('exit', resolve));
    await until(() => parts().some((name) => name.endsWith('.part')));
    first.kill('SIGKILL');
    await killed;
    assert.match(convlens(...args).stderr, /has left its parts there\. Go on with resume/);
    const count = parts().length;
    const second = spawn(process.execPath, [CLI, ...args, '--resume']);
    let words = '';
    second.stderr.on('data', (data) => (words += data));
    const interrupted = new Promise((resolve) => second.on('close', resolve));
    await until(() => parts().length > count);
    second.kill('SIGINT');
    assert.is(await interrupted, 130);
    assert.match(words, /stopped after \d+ of 92 pictures\. Go on with --resume\./);
    const { status, stdout } = convlens(...args, '--resume');
    assert.is(status, 0);
    assert.match(stdout, /^92 pictures, 5 layers, 160 channels, \d+ of them dead over all pictures\natlas: /);
    assert.equal(filesOf(out), await alone);
  },
  async 'slices of several machines merge into the same bytes'() {
    const out = fresh('sliced');
    const slice = (which: string) =>
      convlens('atlas', MODEL, 'notebooks/drawn.npz', '-o', out, '--shard', which, ...ARGUMENTS);
    assert.match(
      slice('1/2').stdout,
      /^slice 1 of 2: 3 parts are done\. When all are: convlens atlas merge /,
    );
    const early = convlens('atlas', 'merge', out);
    assert.is(early.status, 1);
    assert.match(early.stderr, /3 parts are missing: 0, 2, 4\./);
    assert.is(slice('0/2').status, 0);
    assert.is(convlens('atlas', 'merge', out).status, 0);
    assert.equal(filesOf(out), await alone);
    assert.is(slice('2/2').status, 2);
  },
  async 'the command lists what could not be read'() {
    const pictures = await drawFolder('broken', 20);
    writeFileSync(join(pictures, 'cat', 'empty.png'), '');
    const out = fresh('broken-atlas');
    const { status, stdout } = convlens(
      'atlas',
      'notebooks/detectors.keras',
      pictures,
      '-o',
      out,
      '--layers',
      'detectors',
      '--workers',
      '1',
    );
    assert.is(status, 0);
    assert.match(
      stdout,
      /^20 pictures, 1 layers?, 10 channels.*\n1 could not be read:\n {2}cat\/empty\.png: /,
    );
  },
  async 'a model that workers cannot load is refused'() {
    const model = await loadModel(readFileSync(MODEL));
    const options = { ...OPTIONS, workers: 2 };
    const error = await atlas(model, 'notebooks/drawn.npz', options).catch((thrown) => thrown);
    assert.match(error.message, /the model was not loaded from a file\. Give the path/);
    const lost = await atlas('lost.h5', 'notebooks/drawn.npz', options).catch((thrown) => thrown);
    assert.ok(lost instanceof ModelError);
    model.dispose();
  },
});
