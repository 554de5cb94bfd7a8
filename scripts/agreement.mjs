/**
 * Compares every layer of the Keras Applications with Keras itself, on native and wasm, and writes
 * docs/agreement.md. Models are built on demand into out/keras (about 3 GB) and kept for the next run.
 *
 * usage: node scripts/agreement.mjs [--keep] [MODEL ...]     (tf_keras.MODEL is one of Keras 2; models that are named
 * are compared and written nowhere; with --keep they replace their own rows)
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(root, 'docs', 'agreement.md');
const LAYERS_TITLE = '| model | file | backend | layers |';
const MAPS_TITLE = '| model | backend | maps |';
const folder = join(root, 'out', 'keras');
const MODELS =
  'VGG16 ResNet50 ResNet50V2 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 DenseNet121 InceptionV3 InceptionResNetV2 Xception NASNetMobile ConvNeXtTiny Transfer segmentation_models.Unet segmentation_models.PSPNet unet_collection.U2Net kecam.MobileViT kecam.RegNetZ kecam.YOLOV8 vision.Transformer NASNetLarge EfficientNetB7'.split(
    ' ',
  );
/** Models whose maps are all requested at once, to measure the memory. */
const LARGE = ['NASNetLarge', 'EfficientNetB7'];
const BACKENDS = ['native', 'wasm'];
const LARGEST_ERROR = 1e-4;

/** How often each predicts, alternating; the best time counts. */
const ROUNDS = 10;

function describe(python, name) {
  const description = join(folder, `${name}.json`);
  if (!existsSync(description)) {
    const { status, stderr } = spawnSync(python, ['test/agreement/make_model.py', name, folder], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`Cannot build ${name} with Keras: ${stderr}`);
  }
  return JSON.parse(readFileSync(description, 'utf8'));
}

/** A process that has loaded a model and replies with lines of JSON. */
function start(command, args, env) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    return done ? { error: 'it crashed' } : JSON.parse(value);
  };
  return {
    answer,
    ask: () => {
      child.stdin.write('\n');
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

/**
 * Keras and then each backend load the file. They predict alternately, since the machine's speed varies from one second
 * to the next. The layers are compared last.
 *
 * @returns for Keras and each backend what it told
 */
async function measure(python, description, path) {
  const programs = {
    keras: () => start(python, ['test/agreement/make_model.py', '--time', description, path]),
    ...Object.fromEntries(
      BACKENDS.map((backend) => [
        backend,
        () =>
          start(process.execPath, ['dist/test/agreement/compare.js', description, path], {
            CONVLENS_BACKEND: backend,
          }),
      ]),
    ),
  };
  const running = [];
  for (const [name, run] of Object.entries(programs)) {
    const program = run();
    running.push({ name, program, told: await program.answer() });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { program, told } of running) {
      if (told.error) continue;
      const { predict, error } = await program.ask();
      told.error = error;
      told.predict = Math.min(told.predict ?? Number.POSITIVE_INFINITY, predict);
    }
  }
  for (const { name, program, told } of running) {
    program.end();
    if (name !== 'keras' && !told.error) Object.assign(told, await program.answer());
  }
  return Object.fromEntries(running.map(({ name, told }) => [name, told]));
}

/** A dash where Keras itself failed. */
const seconds = (value) => value?.toFixed(2) ?? '–';

function rowOf(title, told, keras) {
  if (told.error) return `| ${title} | **${told.error}** | | | | | | | |`;
  return `| ${title} | ${told.layers} | ${told.worst.layer} | ${told.worst.error?.toExponential(1) ?? '**not finite**'} | ${seconds(told.load)} | ${seconds(keras.load)} | ${seconds(told.predict)} | ${seconds(keras.predict)} | ${Math.round(told.loadedMB)} |`;
}

/** Asks for all maps of a large model in a process of its own. @returns its row */
function rowOfMaps(name, path, backend) {
  const { stdout } = spawnSync(
    process.execPath,
    ['dist/test/agreement/all-maps.js', join(folder, `${name}.json`), path],
    // As the kernel runs its engine (src/kernel/engine-process.ts).
    {
      cwd: root,
      encoding: 'utf8',
      env: { MALLOC_ARENA_MAX: '2', ...process.env, CONVLENS_BACKEND: backend },
    },
  );
  const { error, count, maps, weights, peak } = JSON.parse(stdout.trim().split('\n').at(-1) || '{}');
  if (error || !count) return `| ${name} | ${backend} | **${error ?? 'it crashed'}** | | | | |`;
  const sizes = [maps, weights, maps + 1.3 * weights, peak].map((value) => Math.round(value));
  return `| ${name} | ${backend} | ${count} | ${sizes.join(' | ')} |`;
}

/** The rows of the existing tables that this run does not replace, in the order of the models. */
function withKept(title, rows) {
  const page = readFileSync(PAGE, 'utf8');
  const after = page.slice(page.indexOf(title));
  const nameOf = (row) => row.split(' | ')[0].replace(/^\| /, '');
  const names = new Set(rows.map(nameOf));
  const kept = page.includes(title)
    ? after
        .split('\n\n')[0]
        .split('\n')
        .slice(2)
        .filter((row) => row && !names.has(nameOf(row)))
    : [];
  return [...kept, ...rows].sort((a, b) => MODELS.indexOf(nameOf(a)) - MODELS.indexOf(nameOf(b)));
}

await setup();
await build();
mkdirSync(folder, { recursive: true });
const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
let rows = [];
let mapRows = [];
let failed = 0;
const keep = process.argv.includes('--keep');
const asked = process.argv.slice(2).filter((name) => name !== '--keep');
let version = '';
for (const name of asked.length ? asked : MODELS) {
  const { keras, files } = describe(python, name);
  if (!name.includes('.')) version = keras;
  for (const { path, error } of files) {
    const title = `${name} | ${basename(path).split('.').pop()}`;
    if (error) {
      rows.push(`| ${title} | – | Keras itself cannot load this file | | | | | | | |`);
      continue;
    }
    const told = await measure(python, join(folder, `${name}.json`), join(folder, basename(path)));
    for (const backend of BACKENDS) {
      const { worst, leaked } = told[backend];
      if (!(worst?.error <= LARGEST_ERROR && leaked === 0)) failed++;
      rows.push(rowOf(`${title} | ${backend}`, told[backend], told.keras));
      console.log(rows.at(-1));
    }
  }
  if (!LARGE.includes(name)) continue;
  for (const backend of BACKENDS) {
    mapRows.push(rowOfMaps(name, join(folder, `${name}.keras`), backend));
    console.log(mapRows.at(-1));
  }
}
console.log(failed ? `${failed} of ${rows.length} rows do not agree` : `all ${rows.length} rows agree`);
if (keep && asked.length) {
  rows = withKept(LAYERS_TITLE, rows);
  mapRows = withKept(MAPS_TITLE, mapRows);
  version ||= /Keras ([\d.]+\d)'s/.exec(readFileSync(PAGE, 'utf8'))[1];
}
if (!asked.length || keep) {
  writeFileSync(
    PAGE,
    `# Agreement with Keras

Every layer's output against Keras ${version}'s, for models with random weights (seeds fixed). The error is the largest difference in a layer, relative to that layer's largest magnitude; at most ${LARGEST_ERROR} is allowed. Load and predict are seconds, Keras's own beside them: each loads once in a fresh process, one after the other, and they predict (the last layer's output) by turns, of which the best of ${ROUNDS} counts. Native TensorFlow runs as a graph what it was asked for three times. Keras and native TensorFlow use all of the machine's cores, wasm one. Memory is the process's peak after loading, in MB. \`Transfer\` is a Sequential with RandomFlip, Rescaling and a MobileNetV2 inside; \`segmentation_models\`, \`unet_collection\` and \`kecam\` (keras-cv-attention-models) are packages that write with Keras 2; PSPNet's Lambda and \`vision.Transformer\`'s layers of its own are registered (test/agreement/own-layers.ts). Written by \`npm run test:keras\`.

${LAYERS_TITLE} worst layer | worst error | load | Keras's | predict | Keras's | MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## All maps at once

The memory of \`predict(model, x)\` with nothing said, which keeps every map, in MB: what the maps take, what the weights take, the maps with 1.3 times the weights, and the process's peak from before the model is loaded to after the prediction, without the pages of TensorFlow's library. The process has two of glibc's heaps, as the kernel's engine (\`MALLOC_ARENA_MAX=2\`); with more of them native takes up to 40 MB more.

${MAPS_TITLE} maps' MB | weights' MB | maps + 1.3 × weights | peak |
| --- | --- | --- | --- | --- | --- | --- |
${mapRows.join('\n')}
`,
  );
}
process.exitCode = failed ? 1 : 0;
