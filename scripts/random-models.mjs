/**
 * Compares random small models with Keras, layer by layer, on native and wasm. They are made in out/random/SEED and
 * kept for the next run.
 *
 * usage: npm run test:random -- [--models 100] [--seed N]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { run, step } from './setup/step.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const { values } = parseArgs({
    options: {
      models: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const [models, seed] = [Number(values.models), Number(values.seed)];
  if (!(Number.isSafeInteger(models) && models > 0 && Number.isSafeInteger(seed) && seed >= 0))
    throw new Error(`Cannot make ${values.models} models from seed ${values.seed}: give whole numbers.`);
  await setup();
  await build();
  const folder = join(root, 'out', 'random', String(seed));
  const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
  const made = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')).length : 0;
  if (made < models) {
    const args = ['test/agreement/random_models.py', folder, String(models), String(seed)];
    await step(`${models} models of Keras from seed ${seed}`, () => run(python, args, { cwd: root }));
  }
  for (const backend of ['native', 'wasm']) {
    const env = { ...process.env, CONVLENS_BACKEND: backend };
    const args = ['dist/test/agreement/random.js', folder];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
    if (status !== 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
