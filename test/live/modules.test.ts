import * as assert from 'uvu/assert';
import { Files } from '../../src/live/engine/files';
import { modules } from '../../src/live/engine/modules';
import { suite } from '../suite';

/** Loads modules that a page carries. */
const loader = (files: Record<string, string>) =>
  modules(
    new Files(Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }))),
  );

suite('modules in a page', {
  async 'every form of export arrives, and importers see assignments'() {
    const load = loader({
      'a.ts':
        "import b, { up, n as count } from './b';\nimport type { T } from './b';\nexport * from './b';\nexport * as all from './b';\nexport { n as 'a name' } from './b';\nup();\nexport const seen: T = [b(), count];\nexport default class {}\n[1];\nexport { up as again };",
      'b.ts':
        'export type T = number[];\nexport let n = 1;\nexport function up() { n++; }\nexport default () => n;',
    });
    const a = (await load('./a')) as Record<string, unknown>;
    assert.equal(Object.keys(a).sort(), ['a name', 'again', 'all', 'default', 'n', 'seen', 'up']);
    assert.equal(a['seen'], [2, 2]);
    (a['again'] as () => void)();
    assert.equal([a['n'], a['a name'], (a['all'] as { n: number }).n], [3, 3, 3]);
    assert.is(await load('./a.ts'), a);
  },
  async 'modules import each other, load JSON and CommonJS, import later, and may await'() {
    const load = loader({
      'x.ts': "import { y } from './y';\nexport const x = () => y() + 1;",
      'y.ts': "import { x } from './x';\nexport const y = () => 1;\nexport const both = () => x() + y();",
      'old.js': "const data = require('./d.json');\nmodule.exports = { size: data.default.length };",
      'd.json': '[1, 2, 3]',
      'new.ts':
        "import old, { size } from './old';\nimport data from './d.json';\nexport const sum = old.size + size + data.length;\nexport const later = (await import('./x')).x();",
    });
    assert.is(((await load('./y')) as { both(): number }).both(), 3);
    const { sum, later } = (await load('./new')) as { sum: number; later: number };
    assert.equal([sum, later], [9, 2]);
  },
  async 'what a module imports is found from its own folder'() {
    const load = loader({
      'sub/a.ts':
        "import { n } from './n';\nimport { n as above } from '../n';\nexport const both = [n, above];",
      'sub/n.ts': 'export const n = 1;',
      'n.ts': "export const n = 2;\nexport { both } from './sub/a';",
      'index/index.ts': "export { n } from '../sub/../n';",
    });
    assert.equal(((await load('./sub/a')) as { both: unknown }).both, [1, 2]);
    assert.equal(await load('./n').then((module) => ({ ...module })), { n: 2, both: [1, 2] });
    assert.equal({ ...(await load('./index')) }, { n: 2 });
  },
  async 'a module that fails is run again; what Node alone has is said by name'() {
    const load = loader({
      'bad.ts': "export const a = 1;\nthrow new RangeError('no');",
      'fs.ts': "import fs from 'node:fs';\nexport { fs };",
      'gone.ts': "export * from './none';",
    });
    const failure = (name: string) =>
      load(name).then(
        () => assert.unreachable() as never,
        (error: Error) => error,
      );
    for (let i = 0; i < 2; i++) assert.is((await failure('./bad')).name, 'RangeError');
    assert.match((await failure('./fs')).message, 'it needs the module "node:fs", which only Node has');
    assert.match((await failure('./gone')).message, 'the file ./none, which this page does not carry');
  },
});
