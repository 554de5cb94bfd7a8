/**
 * Compares class maps and gradients of the Keras Applications with Keras's GradientTape, on native and wasm, and
 * writes docs/explain-agreement.md. Models are built on demand into out/keras, as by agreement.mjs.
 *
 * usage: node scripts/explain-agreement.mjs [MODEL ...]     (models that are named are compared and written nowhere)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out', 'keras');
const APPLICATIONS =
  'VGG16 ResNet50 ResNet50V2 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 DenseNet121 InceptionV3 InceptionResNetV2 Xception NASNetMobile ConvNeXtTiny'.split(
    ' ',
  );
const MODELS = [...APPLICATIONS, ...APPLICATIONS.map((name) => `nested.${name}`), 'Transfer'];
/** Of a class map, relative to its largest value. */
const MAP = 1e-5;
/** Of a gradient in L2, where it is steadier than that. */
const GRADIENT = 1e-4;

function run(command, args, env = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env } };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stderr, last: stdout.trim().split('\n').at(-1) ?? '' };
}

function make(python, name) {
  for (const [file, program] of [
    [`${name}.json`, 'test/agreement/make_model.py'],
    [`${name}.explained.json`, 'test/agreement/make_class_maps.py'],
  ]) {
    if (existsSync(join(folder, file))) continue;
    const { status, stderr } = run(python, [program, name, folder]);
    if (status !== 0) throw new Error(`Cannot explain ${name} with Keras: ${stderr.slice(-2000)}`);
  }
}

await setup();
await build();
mkdirSync(folder, { recursive: true });
const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
const asked = process.argv.slice(2);
const rows = [];
let failed = 0;
for (const name of asked.length ? asked : MODELS) {
  make(python, name);
  for (const backend of ['native', 'wasm']) {
    const { last } = run(process.execPath, ['dist/test/agreement/class-maps.js', name, folder], {
      CONVLENS_BACKEND: backend,
    });
    const { error = 'it crashed', layer, map, gradient, floor, leaked } = last ? JSON.parse(last) : {};
    if (layer === undefined) {
      failed++;
      rows.push(`| ${name} | ${backend} | **${error}** | | | |`);
    } else {
      if (!(map <= MAP && gradient <= Math.max(GRADIENT, 3 * floor) && leaked === 0)) failed++;
      const numbers = [map, gradient, floor].map((value) => value.toExponential(1));
      rows.push(`| ${name} | ${backend} | ${layer} | ${numbers.join(' | ')} |`);
    }
    console.log(rows.at(-1));
  }
}
console.log(failed ? `${failed} of ${rows.length} rows do not agree` : `all ${rows.length} rows agree`);
if (!asked.length) {
  writeFileSync(
    join(root, 'docs', 'explain-agreement.md'),
    `# Class maps and gradients against Keras

Each row compares one model of Keras Applications (random weights, seeds fixed) with Keras's GradientTape: the class map of \`gradCam\` at the last convolutional layer, and the gradient of \`saliency\` at the input, both for the class with the highest score. The map's error is the largest difference relative to the map's largest value; at most ${MAP} is allowed. The gradient's is the L2 norm of the difference relative to that of the gradient.

Raw gradients of deep networks with ReLU jump when a unit switches on or off, and a change of the picture's last digits (a factor of 1 ± 1e-6 for each value) switches some. The last column is how far that moves Keras's own gradient, the most of four times; ${GRADIENT}, or three times that column if it is larger, is allowed. \`nested.\` is a Sequential with that model inside, \`Transfer\` one with a MobileNetV2 of 96 pixels. Written by \`npm run test:explain\`.

| model | backend | layer | map | gradient | the same of Keras, last digits changed |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
process.exitCode = failed ? 1 : 0;
