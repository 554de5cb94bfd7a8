import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build } from 'esbuild';
import * as assert from 'uvu/assert';
import { loadModel } from '../src/keras/load';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');

/** The core as a browser gets it: a module of Node's that it imports has no polyfill, so it fails the bundle. */
async function bundled(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  });
  return { size: outputFiles[0]!.contents.length, inputs: Object.keys(metafile.inputs) };
}

const CORE = "export * from './src/core';";

/** What a file uses of Node without importing it. */
const OF_NODE = /\b(?:Buffer|process|__dirname|__filename|setImmediate)\b(?!['":])|\brequire\s*\(/;

/** A file without its comments, whose examples are written for Node. */
const codeOf = (file: string) =>
  readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

/** Files, threads, native libraries, and what makes a page. */
const DOORS = [
  'renderers/node.ts',
  'renderers/page.ts',
  'renderers/png/draw.ts',
  'renderers/save.ts',
  'src/keras/checkpoint.ts',
  'src/keras/file/file-bytes.ts',
  'src/keras/file/hdf5/reader.ts',
  'src/keras/file/hdf5/source.ts',
  'src/keras/file/hdf5/worker.ts',
  'src/keras/file/saved-model/open-bundle.ts',
  'src/keras/load-model.ts',
  'src/keras/load.ts',
  'src/keras/saved-model.ts',
  'src/keras/tfjs-model.ts',
  'src/pictures/decode.ts',
  'src/pictures/load.ts',
];

suite('the core', {
  async 'bundles for a browser without polyfills'() {
    const { inputs } = await bundled(CORE);
    assert.ok(inputs.includes('src/keras/read.ts') && inputs.includes('renderers/grid.ts'));
    assert.equal(
      inputs.filter(
        (file) => /^node_modules\//.test(file) && !/^node_modules\/(fflate|@zip\.js)\//.test(file),
      ),
      [],
    );
  },
  async 'uses no Node API'() {
    const { inputs } = await bundled(CORE);
    const ours = inputs.filter((file) => /^(src|renderers)\//.test(file));
    assert.ok(ours.length > 80);
    assert.equal(
      ours.filter((file) => OF_NODE.test(codeOf(file))),
      [],
    );
  },
  async "its loadModel requires openHdf5; Node's loadModel brings its own HDF5 library"() {
    // In a process of its own: the core sets the browser's platform for all suites of a process.
    const core = JSON.stringify(join(__dirname, '..', 'src', 'core.js'));
    const code = `require(${core}).loadModel(new Uint8Array(8), {}).catch((error) => console.log(String(error)))`;
    const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    assert.match(stdout, /^TypeError: Cannot load a model: openHdf5 is missing\. Pass/);
    const inNode = await loadModel(new Uint8Array(8), { openHdf5() {} } as never).catch((thrown) => thrown);
    assert.match(
      inNode.message,
      /^Cannot load a model: unknown option "openHdf5"\. Its options: maxBytes, weights\.$/,
    );
  },
  async 'does not bundle with a module that needs Node'() {
    for (const file of ['src/keras/load', 'renderers/save', 'src/pictures/decode']) {
      let failed = false;
      await bundled(`export * from './${file}';`).catch(() => {
        failed = true;
      });
      assert.ok(failed, file);
    }
  },
  'no other module of its folders needs Node, except the listed ones'() {
    const files = ['src/maps', 'src/keras', 'src/explain', 'src/pictures', 'renderers'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${folder}/${file.split(sep).join('/')}`),
    );
    const ofNode = files.filter((file) => /from 'node:/.test(codeOf(file)) || OF_NODE.test(codeOf(file)));
    assert.equal(ofNode.sort(), DOORS);
  },
});
