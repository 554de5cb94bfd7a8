import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { preProcessFile } from 'typescript';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');

/** Every import and require of src and renderers, as [file, module]. */
const imports = ['src', 'renderers'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      const name = relative(ROOT, join(ROOT, folder, file))
        .split(sep)
        .join('/');
      const required = [...text.matchAll(/require(?:\.resolve)?\('([^']+)'\)/g)].map(([, module]) => module);
      return [...preProcessFile(text).importedFiles.map(({ fileName }) => fileName), ...required].map((m) => [
        name,
        m,
      ]);
    }),
);

/** The files that use a module, but for those that may. */
function others(module: RegExp, allowed: RegExp): string[] {
  return imports.filter(([file, name]) => module.test(name) && !allowed.test(file)).map(([file]) => file);
}

suite('walls', {
  'there are imports to check': () => assert.ok(imports.length > 100),
  'only renderers/png.ts imports canvas': () => assert.equal(others(/^canvas$/, /^renderers\/png\.ts$/), []),
  'only the left end of the way knows TensorFlow': () =>
    assert.equal(others(/^@tensorflow\//, /^src\/(keras\/.*|image|activations|backend|summary)\.ts$/), []),
  'only one file imports ZeroMQ': () => {
    const files = new Set(imports.filter(([, module]) => module === 'zeromq').map(([file]) => file));
    assert.is(files.size, 1, [...files].join(', '));
  },
  'renderers know no models, kernels or notebooks': () => {
    const crossing = imports.filter(
      ([file, module]) =>
        file.startsWith('renderers/') && /src\/(keras|kernel|notebook|image|activations)/.test(module),
    );
    assert.equal(crossing, []);
  },
});
