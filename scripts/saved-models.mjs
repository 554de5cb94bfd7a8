/**
 * Compares every layer of every Keras 2 Application, saved as a SavedModel, with Keras itself on native and wasm, and its
 * loading with that of the same model's .h5. Writes docs/saved-models.md row by row: a run that was ended goes on. Each
 * model is built, saved, compared and removed; all 71 take hours.
 *
 * usage: node scripts/saved-models.mjs [MODEL ...]     (models that are named are run again)
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { ensureVenv } from './venv.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(root, 'docs', 'saved-models.md');
const folder = join(root, 'out', 'saved-models');
const BACKENDS = ['native', 'wasm'];
/** The bounds of an error relative to the layer's largest magnitude, and of loading relative to the .h5. */
const LARGEST_ERROR = 2.5e-5;
const LONGEST_LOAD = 1.3;
/** How often each file is loaded, by turns; the best time counts. */
const ROUNDS = 3;

const LIST =
  'import tf_keras.applications as a; print(*[n for n in dir(a) if n[0].isupper() and callable(getattr(a, n))])';

/** Every line that compare.js prints, as JSON; with `first` it is ended after its first. */
async function compare(description, file, backend, first) {
  const child = spawn(process.execPath, ['dist/test/agreement/compare.js', description, file], {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CONVLENS_BACKEND: backend },
    stdio: [first ? 'pipe' : 'ignore', 'pipe', 'ignore'],
  });
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line));
    if (first) child.kill('SIGKILL');
  }
  return lines;
}

async function rowsOf(python, name) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync(
    python,
    ['test/agreement/make_model.py', `tf_keras.${name}`, folder, 'h5', 'savedmodel'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Cannot build ${name} with Keras: ${stderr.slice(-2000)}`);
  const description = join(folder, `tf_keras.${name}.json`);
  const saved = join(folder, `tf_keras.${name}.savedmodel`);
  const h5 = join(folder, `tf_keras.${name}.h5`);
  const shards = readdirSync(join(saved, 'variables')).length - 1;
  const rows = [];
  for (const backend of BACKENDS) {
    const { worst, layers, leaked, error } = (await compare(description, saved, backend)).at(-1);
    if (error !== undefined) {
      rows.push({ name, text: `| ${name} | ${backend} | ${shards} | **${error}** | | | | |`, agrees: false });
      continue;
    }
    let [own, other] = [Number.POSITIVE_INFINITY, existsSync(h5) ? Number.POSITIVE_INFINITY : Number.NaN];
    for (let round = 0; round < ROUNDS; round++) {
      own = Math.min(own, (await compare(description, saved, backend, true))[0].load);
      if (existsSync(h5)) other = Math.min(other, (await compare(description, h5, backend, true))[0].load);
    }
    // Where Keras itself cannot load its .h5 there is none to compare with.
    const ratio = own / other;
    const times = `${own.toFixed(2)} | ${Number.isNaN(other) ? '–' : other.toFixed(2)} | ${Number.isNaN(ratio) ? '–' : ratio.toFixed(2)}`;
    const size = worst.error.toExponential(1);
    rows.push({
      name,
      text: `| ${name} | ${backend} | ${shards} | ${layers} | ${worst.layer} | ${size} | ${times} |`,
      agrees: worst.error <= LARGEST_ERROR && leaked === 0 && !(ratio > LONGEST_LOAD),
    });
  }
  return rows;
}

const HEAD = `# SavedModels of Keras 2, beside Keras

Every layer of the Applications of Keras 2 (tf_keras) that are listed here, with random weights, saved with \`model.save('folder')\` and loaded by convlens, against what Keras computes. The error is the largest difference in a layer, relative to that layer's largest magnitude; ${LARGEST_ERROR} is the bound. Load is the seconds that convlens takes for the folder, and for the same model's .h5, each in fresh processes by turns, of which the best of ${ROUNDS} counts. Written by \`node scripts/saved-models.mjs\`.

| model | backend | shards | layers | worst layer | worst error | load | load of .h5 | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`;

await setup();
await build();
const python = join(ensureVenv('keras', 'test/requirements.txt'), 'python');
const all = spawnSync(python, ['-c', LIST], { encoding: 'utf8' }).stdout.trim().split(' ');
const asked = process.argv.slice(2);
const isRow = (line) => / \| (native|wasm) \| /.test(line);
const rows = new Map();
if (existsSync(PAGE)) {
  for (const line of readFileSync(PAGE, 'utf8').split('\n').filter(isRow)) {
    const name = line.split(' | ')[0].slice(2);
    rows.set(name, [...(rows.get(name) ?? []), line]);
  }
}
let failed = 0;
for (const name of asked.length ? asked : all.filter((one) => !rows.has(one))) {
  const found = await rowsOf(python, name);
  failed += found.filter(({ agrees }) => !agrees).length;
  rows.set(
    name,
    found.map(({ text }) => text),
  );
  for (const { text, agrees } of found) console.log(agrees ? text : `${text} ←`);
  const sorted = all.flatMap((one) => rows.get(one) ?? []);
  writeFileSync(PAGE, `${HEAD}${sorted.join('\n')}\n`);
}
rmSync(folder, { recursive: true, force: true });
console.log(failed ? `${failed} rows are above the bounds` : 'all rows are within the bounds');
process.exitCode = failed ? 1 : 0;
