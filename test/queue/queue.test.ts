import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import * as assert from 'uvu/assert';
import { queueLibraries } from '../../src/atlas/queue/connect';
import { AtlasError, atlas, loadModel } from '../../src/index';
import { filesOf, fresh } from '../atlas/files';
import { alive, below } from '../processes';
import { suite } from '../suite';
import { until } from '../until';

const CLI = 'dist/src/cli/main.js';
const MODEL = 'notebooks/dogcat_v1.h5';
const ARGUMENTS = ['--stop-after', '300', '--shard-size', '6', '--batch', '6'];

/** Processes that the tests have started. */
const started: ChildProcess[] = [];
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

function start(
  command: string,
  args: string[],
): ChildProcess & { words: () => string; ended: Promise<number | null> } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let words = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (words += data));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return Object.assign(child, { words: () => words, ended });
}

const convlens = (...args: string[]) => start(process.execPath, [CLI, ...args]);

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Redis of its own, which keeps nothing. scripts/test-queue.mjs has found its program. */
const redis = (async () => {
  const port = await freePort();
  const program = process.env['CONVLENS_REDIS'];
  if (!program) throw new Error('Run this by npm run test:queue, which finds Redis.');
  const server = start(program, [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ]);
  await until(() => /ready to accept connections/i.test(server.words()));
  return { url: `redis://127.0.0.1:${port}`, port, server };
})();

/** What one process writes. */
const alone = (async () => {
  const out = fresh('queue-alone');
  const model = await loadModel(MODEL);
  await atlas(model, 'notebooks/drawn.npz', { stopAfter: 300, shardSize: 6, batch: 6, out });
  model.dispose();
  return filesOf(out);
})();

/** A worker whose lost jobs go to another after six seconds, as `convlens atlas worker` does after thirty. */
const hasty = (url: string) =>
  start(process.execPath, [
    '-e',
    `require('./dist/src/atlas/queue/serve-queue.js').serveQueue(${JSON.stringify(url)}, 1, console.log, new AbortController().signal, 6000)`,
  ]);

const parts = (out: string) =>
  existsSync(join(out, 'parts'))
    ? readdirSync(join(out, 'parts')).filter((name) => name.endsWith('.part'))
    : [];

const drive = (url: string, out: string, ...more: string[]) =>
  convlens('atlas', MODEL, 'notebooks/drawn.npz', '-o', out, '--queue', url, ...ARGUMENTS, ...more);

suite('an atlas by a queue', {
  async 'two workers, one killed in its job and one machine lost: the same bytes as one process'() {
    const { url } = await redis;
    const out = fresh('queue');
    const [first, second] = [hasty(url), hasty(url)];
    await until(() => /waits for shards/.test(first.words()) && /waits for shards/.test(second.words()));
    const driver = drive(url, out);
    await until(() => parts(out).length >= 1);
    const [killed, lost] = below(first.pid!).length ? [first, second] : [second, first];
    // The process that computes is killed: BullMQ's worker tries its shard again.
    const [computes] = below(killed.pid!);
    process.kill(computes!, 'SIGKILL');
    // A whole worker is lost, with its lock: another takes its job.
    for (const pid of [lost.pid!, ...below(lost.pid!)]) process.kill(pid, 'SIGKILL');
    assert.is(await driver.ended, 0, driver.words());
    assert.equal(filesOf(out), await alone);
    assert.not.ok(alive(computes!));
    assert.match(readFileSync(join(out, 'atlas.log'), 'utf8'), /shard 49 done/);
    killed.kill('SIGKILL');
  },
  async 'convlens atlas worker serves several runs and stops when it is told to'() {
    const { url } = await redis;
    const worker = convlens('atlas', 'worker', '--queue', url, '--workers', '2');
    await until(() => /waits for shards, 2 at a time/.test(worker.words()));
    const outs = [fresh('queue-a'), fresh('queue-b')];
    const drivers = outs.map((out) => drive(url, out));
    for (const driver of drivers) assert.is(await driver.ended, 0, driver.words());
    for (const out of outs) assert.equal(filesOf(out), await alone);
    worker.kill('SIGTERM');
    assert.is(await worker.ended, 0);
  },
  async 'a run that is interrupted leaves no jobs, and goes on with --resume'() {
    const { url, port } = await redis;
    const out = fresh('queue-stopped');
    const worker = hasty(url);
    const driver = drive(url, out);
    await until(() => parts(out).length >= 2);
    driver.kill('SIGINT');
    assert.is(await driver.ended, 130);
    assert.match(driver.words(), /Go on with --resume/);
    const connection = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
    const queue = new Queue('convlens-atlas', { connection });
    await until(async () => {
      const { waiting, active, delayed } = await queue.getJobCounts('waiting', 'active', 'delayed');
      return waiting! + active! + delayed! === 0;
    });
    await queue.close();
    connection.disconnect();
    const again = drive(url, out, '--resume');
    assert.is(await again.ended, 0, again.words());
    assert.equal(filesOf(out), await alone);
    worker.kill('SIGKILL');
  },
  async 'a shard that fails is told'() {
    const { url } = await redis;
    const out = fresh('queue-fails');
    const worker = hasty(url);
    const driver = drive(url, out);
    // The workers do not find the model where the run says it is.
    await until(() => existsSync(join(out, 'parts', 'run.json')));
    rmSync(join(out, 'parts', 'run.json'));
    const code = await driver.ended;
    assert.is(code, 1, driver.words());
    assert.match(
      driver.words(),
      /a worker of the queue failed: Cannot read .*run\.json: there is no such file/,
    );
    worker.kill('SIGKILL');
  },
  async 'without Redis, or without BullMQ, the error says what to do'() {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        CLI,
        'atlas',
        MODEL,
        'notebooks/drawn.npz',
        '-o',
        fresh('queue-none'),
        '--queue',
        'redis://user:secret@127.0.0.1:1',
        ...ARGUMENTS,
      ],
      { encoding: 'utf8' },
    );
    assert.is(status, 1);
    assert.match(stderr, /^Cannot use the queue at redis:\/\/127\.0\.0\.1:1: .*Start Redis or Valkey there/m);
    assert.not.match(stderr, /secret/);
    const missing = await queueLibraries(() => Promise.reject(new Error('no such module'))).catch(
      (error) => error,
    );
    assert.ok(missing instanceof AtlasError);
    assert.is(
      missing.message,
      'Cannot use a queue: BullMQ is not installed. Run: npm install bullmq ioredis',
    );
  },
  async 'Redis ends'() {
    const { server } = await redis;
    for (const child of started) child.kill('SIGKILL');
    await server.ended;
  },
});
