/** Explanations beside Keras: `npm run bench -- --against gradients [--runs N]`. Keras and convlens run by turns. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out', 'keras');
const NAME = 'MobileNetV2';

function ask(command, args, env = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env } };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** @param {number} runs rounds, of which the least seconds count */
export function benchGradients(runs) {
  mkdirSync(folder, { recursive: true });
  const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
  if (!existsSync(join(folder, `${NAME}.json`))) {
    spawnSync(python, ['test/agreement/make_model.py', NAME, folder], { cwd: root, stdio: 'inherit' });
  }
  const program = 'dist/test/bench/gradients.js';
  const rounds = Array.from({ length: runs }, () => ({
    keras: ask(python, ['test/bench/gradients.py', NAME, folder]),
    native: ask(process.execPath, [program, NAME, folder], { CONVLENS_BACKEND: 'native' }),
    wasm: ask(process.execPath, [program, NAME, folder], { CONVLENS_BACKEND: 'wasm' }),
    predict: ask(process.execPath, [program, NAME, folder, 'predict'], { CONVLENS_BACKEND: 'native' }),
  }));
  const best = (who, what) => Math.min(...rounds.map((round) => round[who][what]));
  const line = (title, value, goal) => console.log(`${title.padEnd(58)}${value.padEnd(14)}${goal}`);
  const ms = (seconds) => `${(1000 * seconds).toFixed(0)} ms`;
  const ratio = (value) => value.toFixed(2);
  console.log(`${NAME} at 224 × 224, ${runs} rounds by turns, the least of each`);
  line('Keras: gradient, eager', ms(best('keras', 'eager')), '');
  line('Keras: gradient, tf.function', ms(best('keras', 'graph')), '');
  line('native: gradient, first times', ms(best('native', 'single')), '');
  line('  of eager Keras', ratio(best('native', 'single') / best('keras', 'eager')), 'at most 0.6');
  line('native: gradient, repeated', ms(best('native', 'graph')), '');
  line('  of tf.function', ratio(best('native', 'graph') / best('keras', 'graph')), 'at most 2');
  line('native: Grad-CAM', ms(best('native', 'cam')), '');
  line('  of a forward pass', ratio(best('native', 'cam') / best('native', 'forward')), 'at most 1.5');
  line('native: peak memory of gradients', `${best('native', 'peak').toFixed(0)} MB`, '');
  line('  of that of predict', ratio(best('native', 'peak') / best('predict', 'peak')), 'at most 2');
  line(
    'native: 16 patterns of the third convolution',
    `${best('native', 'patterns').toFixed(1)} s`,
    'at most 10 s',
  );
  line('  their CPU time', `${best('native', 'cpuOfOne').toFixed(1)} s`, '');
  line('wasm: gradient', ms(best('wasm', 'single')), 'at most 1000 ms');
  line('wasm: 16 patterns of the third convolution', `${best('wasm', 'patterns').toFixed(1)} s`, '');
}
