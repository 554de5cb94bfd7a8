import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Relations, relationsOf } from '../../src/atlas/finish/relations';
import { runSlice } from '../../src/atlas/slice';
import { computerOf } from '../../src/atlas/workers/compute';
import { Pool } from '../../src/atlas/workers/pool';
import { atlas, loadModel, ModelError } from '../../src/index';
import { alive, below } from '../processes';
import { suite } from '../suite';
import { until } from '../until';
import { drawFolder, filesOf, fresh } from './files';

const CLI = 'dist/src/cli/main.js';
const MODEL = 'notebooks/dogcat_v1.h5';
/** Six shards. */
const OPTIONS = { stopAfter: 92, shardSize: 16, batch: 4 };
const ARGUMENTS = ['--stop-after', '92', '--shard-size', '16', '--batch', '4'];

const convlens = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });

/** Ten shards, for runs that are ended in their work: the first part is there long before the last. */
const LONG = 160;
const LONG_ARGUMENTS = ['--stop-after', `${LONG}`, '--shard-size', '16', '--batch', '4'];

/** What one process writes. */
async function writtenAlone(stopAfter: number) {
  const out = fresh(`alone-${stopAfter}`);
  const model = await loadModel(MODEL);
  await atlas(model, 'notebooks/drawn.npz', { ...OPTIONS, stopAfter, out });
  model.dispose();
  return filesOf(out);
}

const alone = writtenAlone(OPTIONS.stopAfter);
const longAlone = alone.then(() => writtenAlone(LONG));

/** The shards that are done; not the temporary files that become them. */
const parts = (out: string) =>
  existsSync(join(out, 'parts'))
    ? readdirSync(join(out, 'parts')).filter((name) => /^\d+\.part$/.test(name))
    : [];

/** A run of the command that can be ended in its work. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args]);
  const run = { child, words: '', isOver: false, ended: Promise.resolve<number | string | null>(null) };
  child.stderr.on('data', (data) => (run.words += data));
  run.ended = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      run.isOver = true;
      resolve(code ?? signal);
    }),
  );
  return run;
}

/** Tries until a signal comes before the end of what it is sent to: how fast a machine works is not known. */
async function inTime(attempt: () => Promise<boolean>): Promise<void> {
  for (let time = 0; time < 20; time++) if (await attempt()) return;
  assert.unreachable('the run was over before the signal, 20 times');
}

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
    const expected = await longAlone;
    await inTime(async () => {
      const out = fresh('killed');
      const run = start([
        'atlas',
        MODEL,
        'notebooks/drawn.npz',
        '-o',
        out,
        '--workers',
        '2',
        ...LONG_ARGUMENTS,
      ]);
      await until(() => run.isOver || parts(out).length > 0);
      const [worker] = below(run.child.pid!);
      if (worker !== undefined && alive(worker)) process.kill(worker, 'SIGKILL');
      assert.is(await run.ended, 0);
      if (worker === undefined) return false;
      assert.not.ok(alive(worker));
      assert.equal(filesOf(out), expected);
      return readFileSync(join(out, 'atlas.log'), 'utf8').includes(`worker ${worker} ended (SIGKILL)`);
    });
  },
  async 'a run whose process is killed goes on with --resume; an interrupt says so'() {
    const expected = await longAlone;
    await inTime(async () => {
      const out = fresh('resumed');
      const args = ['atlas', MODEL, 'notebooks/drawn.npz', '-o', out, '--workers', '1', ...LONG_ARGUMENTS];
      const first = start(args);
      await until(() => first.isOver || parts(out).length > 0);
      first.child.kill('SIGKILL');
      const count = parts(out).length;
      if ((await first.ended) !== 'SIGKILL' || count === 0) return false;
      assert.match(convlens(...args).stderr, /has left its parts there\. Go on with resume/);
      const second = start([...args, '--resume']);
      await until(() => second.isOver || parts(out).length > count);
      second.child.kill('SIGINT');
      const status = await second.ended;
      if (status === 0) return false;
      assert.is(status, 130);
      assert.match(second.words, /stopped after \d+ of 160 pictures\. Go on with --resume\./);
      const third = convlens(...args, '--resume');
      assert.is(third.status, 0);
      assert.match(
        third.stdout,
        /^160 pictures, 5 layers, 160 channels, \d+ of them dead over all pictures\natlas: /,
      );
      assert.equal(filesOf(out), expected);
      return true;
    });
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
  async 'processes relate channels as one does, also when one of them is killed'() {
    const pictures = await drawFolder('related', 40);
    const out = fresh('related-atlas');
    await runSlice(MODEL, pictures, { ...OPTIONS, out }, [0, 1]);
    const { run, store } = await computerOf(out);
    const layers = Array.from(run.plan.layers.keys());
    const found = new Map<number, Relations>();
    const lines: string[] = [];
    const pool = new Pool(2);
    const [worker] = below(process.pid);
    process.kill(worker!, 'SIGKILL');
    try {
      await pool.run(
        out,
        layers.map((layer) => ({ layer })),
        {
          onRelations: (layer, relations) => void found.set(layer, relations),
          log: (line) => lines.push(line),
        },
      );
    } finally {
      pool.end();
    }
    assert.match(lines.join(), new RegExp(`worker ${worker} ended \\(SIGKILL\\)`));
    for (const layer of layers) {
      const expected = relationsOf(run.plan, store, layer, true);
      assert.is(expected.auc.length, run.plan.layers[layer]!.channels * run.plan.classes!.names.length);
      for (const name of ['partners', 'correlations', 'auc'] as const) {
        // As text, in which NaN equals itself.
        assert.is(found.get(layer)![name].join(), expected[name].join());
      }
    }
  },
  async 'a worker that cannot start is told of, with its own words'() {
    const pool = new Pool(1, 'nothing' as never);
    try {
      const error = await pool.run(fresh('nothing'), [{ shard: 0 }], { log() {} }).catch((thrown) => thrown);
      assert.match(error.message, /CONVLENS_BACKEND is "nothing"|Cannot read .*run\.json/);
    } finally {
      pool.end();
    }
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
