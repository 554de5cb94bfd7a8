/** An atlas beside Keras and numpy: `npm run bench -- --against atlas [--runs N]`. Both run by turns. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const keras = join(root, 'out', 'keras');
const MODELS = [
  {
    name: 'tutorial',
    file: 'test/fixtures/dogcat_v1.keras',
    pictures: 600,
    more: 2400,
    growth: 10_000,
    goal: 1.5,
  },
  { name: 'MobileNetV2', file: 'out/keras/MobileNetV2.keras', pictures: 72, more: 240, goal: 1 },
];
const BATCH = 8;

function ask(command, args, env = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env } };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr.slice(-2000)}`);
  return stdout.trim() && JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Seconds of a whole command, and those in which the pictures ran. */
function time(args) {
  const out = join(root, 'out', 'bench-atlas');
  rmSync(out, { recursive: true, force: true });
  const started = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['dist/src/cli/main.js', 'atlas', ...args, '-o', out],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
  const whole = (performance.now() - started) / 1000;
  const log = readFileSync(join(out, 'atlas.log'), 'utf8');
  return { whole, pictures: Number(/([\d.]+) s {2}all shards done/.exec(log)[1]) };
}

/** @param {number} runs rounds, of which the best counts */
export function benchAtlas(runs) {
  mkdirSync(keras, { recursive: true });
  const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
  if (!existsSync(join(keras, 'MobileNetV2.json'))) {
    spawnSync(python, ['test/agreement/make_model.py', 'MobileNetV2', keras], {
      cwd: root,
      stdio: 'inherit',
    });
  }
  const line = (title, value, goal = '') => console.log(`${title.padEnd(60)}${value.padEnd(16)}${goal}`);
  for (const { name, file, pictures, more, growth, goal } of MODELS) {
    const folder = join('out', `bench-pictures-${pictures}`);
    ask(process.execPath, ['dist/test/bench/atlas.js', 'draw', folder, String(pictures)]);
    const rounds = Array.from({ length: runs }, () => ({
      keras: ask(python, ['test/bench/atlas.py', file, folder, String(BATCH)]),
      native: ask(process.execPath, ['dist/test/bench/atlas.js', 'run', file, folder, String(BATCH)], {
        CONVLENS_BACKEND: 'native',
      }),
      wasm: ask(process.execPath, ['dist/test/bench/atlas.js', 'run', file, folder, String(BATCH)], {
        CONVLENS_BACKEND: 'wasm',
      }),
    }));
    const best = (who) => Math.max(...rounds.map((round) => round[who].pictures / round[who].cpu));
    const wall = (who) => Math.max(...rounds.map((round) => round[who].pictures / round[who].seconds));
    line(
      `${name}: pictures per CPU second (per second), Keras and numpy`,
      `${best('keras').toFixed(1)} (${wall('keras').toFixed(1)})`,
    );
    line('  native', `${best('native').toFixed(1)} (${wall('native').toFixed(1)})`);
    line('  native, of Keras', (best('native') / best('keras')).toFixed(2), `at least ${goal}`);
    line('  wasm', `${best('wasm').toFixed(1)} (${wall('wasm').toFixed(1)})`);
    const peaks = ['keras', 'native', 'wasm'].map((who) =>
      Math.round(Math.min(...rounds.map((round) => round[who].peak))),
    );
    line('  peak memory: Keras, native, wasm', `${peaks.join(', ')} MB`);
    if (growth) {
      const { grown } = ask(
        process.execPath,
        ['dist/test/bench/atlas.js', 'run', file, folder, String(BATCH), String(growth)],
        { CONVLENS_BACKEND: 'native' },
      );
      line(
        `  memory grown from 1000 to ${growth} pictures, native`,
        `${grown.toFixed(0)} MB`,
        'less than 50',
      );
    }
    const many = join('out', `bench-pictures-${more}`);
    ask(process.execPath, ['dist/test/bench/atlas.js', 'draw', many, String(more)]);
    const options = ['--preprocess', '0..1', '--shard-size', '24'];
    const turns = Array.from({ length: runs }, () =>
      [1, 2].map((workers) => time([file, many, '--workers', String(workers), ...options])),
    );
    for (const [part, title] of [
      ['whole', `  the command on ${more} pictures with one worker, with two`],
      ['pictures', '  of that, running the pictures'],
    ]) {
      const [one, two] = [0, 1].map((i) => Math.min(...turns.map((turn) => turn[i][part])));
      line(title, `${one.toFixed(1)}, ${two.toFixed(1)} s`);
      line('  one over two', (one / two).toFixed(2), 'at least 1.7 on two idle cores');
    }
  }
}
