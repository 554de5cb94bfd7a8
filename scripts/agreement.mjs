/**
 * Compares every layer of the Keras Applications with Keras itself, on native and wasm, and writes
 * docs/agreement.md. Models are built on demand into out/keras (about 3 GB) and kept for the next run.
 *
 * usage: node scripts/agreement.mjs [MODEL ...]     (tf_keras.MODEL is one of Keras 2; models that are named are
 * compared and written nowhere)
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
const folder = join(root, 'out', 'keras');
const MODELS =
  'VGG16 ResNet50 ResNet50V2 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 DenseNet121 InceptionV3 InceptionResNetV2 Xception NASNetMobile ConvNeXtTiny Transfer'.split(
    ' ',
  );
const BACKENDS = ['native', 'wasm'];
const LARGEST_ERROR = 1e-4;

/** How often each predicts, by turns; the best counts. */
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

/** A program that has loaded a model and answers in lines of JSON. */
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
 * Keras, then each backend loads the file; they predict by turns, since the machine's speed changes from one second
 * to the next; the layers are compared last.
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

const seconds = (value) => value.toFixed(2);

function rowOf(title, told, keras) {
  if (told.error) return `| ${title} | **${told.error}** | | | | | | | |`;
  return `| ${title} | ${told.layers} | ${told.worst.layer} | ${told.worst.error.toExponential(1)} | ${seconds(told.load)} | ${seconds(keras.load)} | ${seconds(told.predict)} | ${seconds(keras.predict)} | ${Math.round(told.loadedMB)} |`;
}

await setup();
await build();
mkdirSync(folder, { recursive: true });
const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
const rows = [];
let failed = 0;
const asked = process.argv.slice(2);
let version = '';
for (const name of asked.length ? asked : MODELS) {
  const { keras, files } = describe(python, name);
  version = keras;
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
}
if (!asked.length) {
  writeFileSync(
    join(root, 'docs', 'agreement.md'),
    `# Agreement with Keras

Every layer's output against Keras ${version}'s, for models with random weights (seeds fixed). The error is the largest difference in a layer, relative to that layer's largest magnitude; at most ${LARGEST_ERROR} is allowed. Load and predict are seconds, Keras's own beside them: each loads once in a fresh process, one after the other, and they predict (the last layer's output) by turns, of which the best of ${ROUNDS} counts. Native TensorFlow runs as a graph what it was asked for three times. Keras and native TensorFlow use all of the machine's cores, wasm one. Memory is the process's peak after loading, in MB. \`Transfer\` is a Sequential with RandomFlip, Rescaling and a MobileNetV2 inside. Written by \`npm run test:keras\`.

| model | file | backend | layers | worst layer | worst error | load | Keras's | predict | Keras's | MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
console.log(failed ? `${failed} of ${rows.length} rows do not agree` : `all ${rows.length} rows agree`);
process.exitCode = failed ? 1 : 0;
