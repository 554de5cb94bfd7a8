import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { deflated, storedEntries } from '../keras/file/zip-writer';
import { damagedZip } from './archives';
import { type Case, choose, edited } from './edit';
import { checkPair, checkSavedModel, checkUnpacked } from './folders';
import { Wire } from './messages';
import { checkAgainst, checkModel, checkTfjsModel, damagedConfiguration, damagedHdf5 } from './models';
import { checkNotebook, damagedNotebook } from './notebooks';
import { checkPicture, checkPng, damagedJpeg, damagedPng } from './pictures';

const ROOT = join(__dirname, '..', '..', '..');
const fixture = (name: string) => readFileSync(join(ROOT, 'test', 'fixtures', name));

/** Made when first needed: a worker tries one kind or all. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Where a case may write: what it reads afterwards. */
export const SCRATCH = process.env['CONVLENS_FUZZ'] ?? tmpdir();

const h5 = once(() =>
  ['functional', 'keras2', 'merges', 'stored_gzip', 'stored_latest', 'shared'].map((name) =>
    fixture(`keras/${name}.h5`),
  ),
);
const keras = once(() =>
  ['functional', 'keras2', 'conv2d', 'lstm'].map((name) => fixture(`keras/${name}.keras`)),
);
const zips = once(() => keras().flatMap((bytes) => [bytes, deflated(storedEntries(bytes))]));
const configurations = once(() =>
  readdirSync(join(ROOT, 'test', 'fixtures', 'keras'))
    // Keras itself declares another shape for glu than it gives, and Keras 2 gives a nested model other sizes than it
    // declares.
    .filter(
      (name) =>
        name.endsWith('.keras') &&
        !/^(activation_glu|named_inputs_of_tf_keras|nested_film_of_tf_keras|keras2_(twice|suffixes))\./.test(
          name,
        ),
    )
    .sort()
    .map((name) => fixture(`keras/${name}`)),
);
const savedModels = once(() => {
  const folder = join(ROOT, 'test', 'fixtures', 'saved-models');
  return readdirSync(folder)
    .filter((name) => !name.includes('.') && name !== 'nested_film_of_tf_keras')
    .sort()
    .map((name) => join(folder, name));
});
const pairs = once(() => {
  const file = (name: string) => join(ROOT, 'test', 'fixtures', 'pairs', name);
  return [
    [file('keras.json'), file('keras.weights.h5')],
    [file('tf_keras.json'), file('tf_keras.weights.h5')],
    [file('tf_keras_legacy.json'), file('tf_keras_legacy.h5')],
  ] as const;
});
const otherKinds = once(() => {
  const folder = join(ROOT, 'test', 'fixtures', 'other-kinds');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name)));
});
const jpegs = once(() =>
  ['420', '444', 'progressive', 'cmyk', 'gray', 'icc'].map((name) => fixture(`pictures/${name}.jpg`)),
);
const pngs = once(() =>
  ['rgba', 'palette', 'gray16', 'one-bit', 'gray-alpha', 'palette-transparent', 'rgb'].map((name) =>
    fixture(`pictures/${name}.png`),
  ),
);
const others = once(async () => {
  const source = sharp(choose(pngs(), 6)).resize(40, 30);
  const tiffs = (['none', 'lzw', 'deflate', 'jpeg'] as const).map((compression) =>
    source.clone().tiff({ compression }),
  );
  const images = [source.clone().gif(), source.clone().webp(), ...tiffs];
  return Promise.all(images.map((image) => image.toBuffer()));
});
const notebooks = once(() =>
  ['tutorial', 'compare', 'explore'].map((name) =>
    readFileSync(join(ROOT, 'notebooks', `${name}.ipynb`), 'utf8'),
  ),
);

let wire: Promise<Wire> | undefined;

/** What is tried, by kind: the classes its errors may have, and the trial itself. */
export const KINDS: Record<string, { errors: string[]; run(tried: Case): Promise<void> | void }> = {
  h5: {
    errors: ['ModelError'],
    run: ({ base, edits }) => checkModel(edited(choose(h5(), base), edits)),
  },
  hdf5: { errors: ['ModelError'], run: (tried) => checkModel(damagedHdf5(h5(), tried)) },
  keras: {
    errors: ['ModelError'],
    run: ({ base, edits }) => checkAgainst(edited(choose(keras(), base), edits), choose(keras(), base)),
  },
  zip: {
    errors: ['ModelError'],
    run: ({ base, edits }) => checkAgainst(damagedZip(choose(zips(), base), edits), choose(zips(), base)),
  },
  configuration: {
    errors: ['ModelError'],
    run: (tried) => checkModel(damagedConfiguration(configurations(), tried)),
  },
  tfjs: { errors: ['ModelError'], run: ({ edits }) => checkTfjsModel(SCRATCH, edits) },
  'saved model': { errors: ['ModelError'], run: (tried) => checkSavedModel(savedModels(), tried, SCRATCH) },
  unpacked: { errors: ['ModelError'], run: (tried) => checkUnpacked(keras(), tried, SCRATCH) },
  pair: { errors: ['ModelError'], run: (tried) => checkPair(pairs(), tried, SCRATCH) },
  'another kind': {
    errors: ['ModelError'],
    run: ({ base, edits }) => checkModel(edited(choose(otherKinds(), base), edits)),
  },
  jpeg: { errors: ['PictureError'], run: (tried) => checkPicture(damagedJpeg(jpegs(), tried)) },
  png: { errors: ['PictureError'], run: (tried) => checkPng(damagedPng(pngs(), tried)) },
  'gif, webp, tiff': {
    errors: ['PictureError'],
    run: async ({ base, edits }) => checkPicture(edited(choose(await others(), base), edits)),
  },
  ipynb: {
    errors: ['NotebookError'],
    run: (tried) => checkNotebook(damagedNotebook(notebooks(), tried), SCRATCH),
  },
  message: {
    errors: [],
    async run(tried) {
      wire ??= Wire.start(SCRATCH);
      await (await wire).try(tried);
    },
  },
};

/** Bytes that processes beside this one take. */
export const besides = async (): Promise<number> => (await wire)?.memory ?? 0;
