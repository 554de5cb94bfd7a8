/**
 * Compares every layer of the Keras Applications with Keras itself, on native and wasm, and writes
 * docs/agreement.md. Models are built on demand into out/keras (about 3 GB) and kept for the next run.
 *
 * usage: node scripts/agreement.mjs [MODEL ...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out', 'keras');
const MODELS =
  'VGG16 ResNet50 ResNet50V2 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 DenseNet121 InceptionV3 InceptionResNetV2 Xception NASNetMobile ConvNeXtTiny Transfer'.split(
    ' ',
  );
const LARGEST_ERROR = 1e-4;

/** Runs a program quietly; its standard error is shown when it fails. */
function run(command, args, env) {
  const result = spawnSync(command, args, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (result.status !== 0 && !result.stdout) console.error(result.stderr);
  return result;
}

function describe(python, name) {
  const description = join(folder, `${name}.json`);
  if (!existsSync(description)) {
    const { status } = run(python, ['test/agreement/make_model.py', name, folder]);
    if (status !== 0) throw new Error(`Cannot build ${name} with Keras; see above.`);
  }
  return JSON.parse(readFileSync(description, 'utf8'));
}

/** Keras's own times, taken right before ours: the machine's speed changes from hour to hour. */
function timeKeras(python, name, files) {
  const { stdout } = run(python, ['test/agreement/make_model.py', '--time', name, folder]);
  const times = JSON.parse(stdout.trim().split('\n').pop());
  for (const [i, file] of files.entries()) Object.assign(file, times[i]);
}

function compare(name, file, backend) {
  const env = { CONVLENS_BACKEND: backend, TF_CPP_MIN_LOG_LEVEL: '3' };
  const path = join(folder, basename(file.path));
  const { stdout } = run(
    process.execPath,
    ['dist/test/agreement/compare.js', join(folder, `${name}.json`), path],
    env,
  );
  const line = stdout.trim().split('\n').pop();
  return line ? JSON.parse(line) : { error: 'it crashed' };
}

const seconds = (value) => value.toFixed(2);

function rowOf(name, file, backend, result) {
  const title = `${name} | ${basename(file.path).split('.').pop()} | ${backend}`;
  if (file.error) return `| ${title} | Keras itself cannot load this file | | | | | | | |`;
  if (result.error) return `| ${title} | **${result.error}** | | | | | | | |`;
  return `| ${title} | ${result.layers} | ${result.worst.layer} | ${result.worst.error.toExponential(1)} | ${seconds(result.load)} | ${seconds(file.load)} | ${seconds(result.predict)} | ${seconds(file.predict)} | ${Math.round(result.loadedMB)} |`;
}

await setup();
await build();
mkdirSync(folder, { recursive: true });
const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
const rows = [];
let failed = 0;
const asked = process.argv.slice(2);
let keras = '';
for (const name of asked.length ? asked : MODELS) {
  const description = describe(python, name);
  keras = description.keras;
  timeKeras(python, name, description.files);
  for (const file of description.files) {
    for (const backend of file.error ? ['–'] : ['native', 'wasm']) {
      const result = file.error ? {} : compare(name, file, backend);
      if (!file.error && !(result.worst?.error <= LARGEST_ERROR && result.leaked === 0)) failed++;
      rows.push(rowOf(name, file, backend, result));
      console.log(rows.at(-1));
    }
  }
}
if (!asked.length) {
  writeFileSync(
    join(root, 'docs', 'agreement.md'),
    `# Agreement with Keras

Every layer's output against Keras ${keras}'s, for models with random weights (seeds fixed). The error is the largest difference in a layer, relative to that layer's largest magnitude; at most ${LARGEST_ERROR} is allowed. Load and predict are seconds, Keras's own beside them, taken right before; predict is the best of five after a first; memory is the process's peak after loading, in MB. \`Transfer\` is a Sequential with RandomFlip, Rescaling and a MobileNetV2 inside. Written by \`npm run test:keras\`.

| model | file | backend | layers | worst layer | worst error | load | Keras's | predict | Keras's | MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
console.log(failed ? `${failed} of ${rows.length} rows do not agree` : `all ${rows.length} rows agree`);
process.exitCode = failed ? 1 : 0;
