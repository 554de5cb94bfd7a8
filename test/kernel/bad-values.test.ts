import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { inKernel, start } from './cells';

/** Last values that cannot be shown, and what the cell's error says. */
const SHOWN: Record<string, [code: string, words: RegExp]> = {
  'a BigInt': ['1n', /data\["application\/json"\] is a BigInt/],
  'a BigInt deep inside': ['{ a: [1, { b: 2n }] }', /\.a\[1\]\.b is a BigInt/],
  'a cycle': ['(() => { const o: any = {}; o.o = o; return o; })()', /is a cycle/],
  '20,000 levels': [
    '(() => { let o: any = 1; for (let i = 0; i < 20000; i++) o = [o]; return o; })()',
    /more than 500 levels/,
  ],
  'an invalid date': ['new Date(NaN)', /an invalid date/],
  'a Map': ['new Map([[1, 2]])', /is a Map/],
  'a getter that throws': ['{ get x() { throw new Error("no x"); } }', /no x/],
  'a toJSON that throws': ['{ toJSON() { throw new Error("no JSON"); } }', /no JSON/],
  'a toJSON that returns itself': ['{ toJSON() { return this; } }', /is a cycle/],
  'a Proxy that throws': ['new Proxy({}, { ownKeys() { throw new Error("no keys"); } })', /no keys/],
  'four billion holes': ['new Array(4294967295)', /more than 10 million values/],
  'too many numbers': ['new Float64Array(6e7)', /more than 10 million values/],
  'a revoked Proxy': [
    '(() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; })()',
    /revoked/,
  ],
  'too much text': ['Array(700).fill("x".repeat(400000))', /268 million characters/],
};

const bundled = (value: string) =>
  `({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': ${value} }) })`;

/** Cells that hand something wrong to the kernel by another way; each says whether it fails. */
const OTHERS: Record<string, [code: string, fails: RegExp | undefined]> = {
  'a display of a number': ["({ [Symbol.for('Jupyter.display')]: () => 5 })", undefined],
  'an object with its own bundle()': ['({ bundle() { throw new Error("mine"); } })', undefined],
  'an object whose bundle is a list': ['({ bundle: () => [1], name: "pack" })', undefined],
  'a Proxy that throws at everything': [
    'new Proxy({}, { get() { throw new Error("nothing to see"); } })',
    /nothing to see/,
  ],
  'records with an invalid date': ['[{ at: new Date(NaN) }, { at: new Date(0) }]', undefined],
  'records with a getter that throws': ['[{ get x() { throw new Error("no x"); } }]', /no x/],
  'four billion holes': ['new Array(4294967295)', undefined],
  'an array with its own every': ['Object.assign([{ a: 1 }], { every() { return true; } })', undefined],
  'an array of no class': ['Object.setPrototypeOf([1], null)', undefined],
  'a picture whose height is a BigInt': [
    '({ height: 1n, width: 1, channels: 1, data: new Uint8Array(1) })',
    undefined,
  ],
  'symbols as keys': ['({ [Symbol("a")]: 1 })', undefined],
  'an error that is its own cause': ['const e: any = new Error("round"); e.cause = e; throw e', /round/],
  'a thrown Proxy': [
    'throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } })',
    /cannot be described/,
  ],
  'an error whose message throws': [
    'throw Object.defineProperty(new Error(), "message", { get() { throw 1; } })',
    /cannot be described/,
  ],
  'malformed messages to the kernel': [
    'process.send!("x"); process.send!({ publish: null, cell: 5 }); process.send!({ cell: "", publish: { type: "stream", content: { n: 1n } } }); 1',
    undefined,
  ],
  'metadata of a wrong type': [
    `import { show } from 'convlens'; show({ bundle: () => ({ data: { 'text/plain': 'x' }, metadata: 5 }), save() {}, spec: {} } as any)`,
    /its metadata is no object/,
  ],
  'a figure with a BigInt': [
    `import { show as show2 } from 'convlens'; show2({ bundle: () => ({ data: { 'application/json': { n: 1n } }, metadata: {} }) } as any)`,
    /is a BigInt/,
  ],
  'a text of 400 million characters': ['"x".repeat(4e8)', undefined],
  'an error of 300 million characters': ['throw new Error("x".repeat(3e8))', /299900000 more characters\)$/],
  'a thrown text of 300 million characters': ['throw "x".repeat(3e8)', /more characters/],
  'clear_output with a BigInt': ['(globalThis as any).clearOutput(1n)', undefined],
};

suite('convlens kernel: values that cannot be shown', {
  'each is an error of its own cell, and the engine keeps its variables': () =>
    inKernel('convlens', async (kernel) => {
      await start(kernel, 'const kept = 41;');
      for (const [name, [value, words]] of Object.entries(SHOWN)) {
        const { reply } = await start(kernel, bundled(value));
        assert.is(reply['status'], 'error', name);
        assert.match(String(reply['evalue']), words, name);
      }
      for (const [name, [code, fails]] of Object.entries(OTHERS)) {
        const { reply } = await start(kernel, code);
        assert.is(reply['status'], fails ? 'error' : 'ok', `${name}: ${JSON.stringify(reply)}`);
        if (fails) assert.match(String(reply['evalue']), fails, name);
      }
      const last = await start(kernel, 'kept + 1');
      assert.equal(last.of('execute_result')[0]?.['data'], { 'text/plain': '42' });
    }),
  'numbers, dates, typed arrays and image bytes are shown as JSON represents them': () =>
    inKernel('convlens', async (kernel) => {
      const code = `({ [Symbol.for('Jupyter.display')]: () => ({
        'application/json': { n: NaN, d: new Date(0), t: Float32Array.of(1, 2), u: undefined, f() {}, l: [undefined] },
        'image/png': Uint8Array.of(1, 2, 3),
      }) })`;
      const ran = await start(kernel, code);
      assert.equal(ran.of('execute_result')[0]?.['data'], {
        'application/json': { n: null, d: '1970-01-01T00:00:00.000Z', t: [1, 2], l: [null] },
        'image/png': 'AQID',
      });
    }),
});
