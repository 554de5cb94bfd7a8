import { choose, type Edit, ODD } from './edit';

type Place = { parent: Record<string, unknown>; key: string };

/** Names that mean something to a model's reader, a notebook's or to JavaScript. */
const WORDS = [
  '',
  'x',
  '__proto__',
  'constructor',
  'toString',
  '../../x',
  '/etc/passwd',
  '\0',
  '\ud800',
  'a'.repeat(100_000),
  'Lambda',
  'Conv2D',
  'Dense',
  'LSTM',
  'Bidirectional',
  'TimeDistributed',
  'Sequential',
  'Functional',
  'Flatten',
  'Reshape',
  'Permute',
  'UpSampling2D',
  'ZeroPadding2D',
  'Cropping2D',
  'Concatenate',
  'Dot',
  'RepeatVector',
  'Embedding',
  'Normalization',
  'GroupNormalization',
  'Conv2DTranspose',
  'DepthwiseConv2D',
  'InputLayer',
  'Resizing',
  'channels_first',
  'same',
  'causal',
  'float16',
  'softmax',
  'code',
  'markdown',
  'stream',
  'display_data',
  'text/html',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  'require("fs").writeFileSync("written", "")',
];

const VALUES: unknown[] = [
  null,
  true,
  false,
  -1,
  -2,
  0.5,
  1e9,
  1e308,
  -1e308,
  ...ODD,
  ...WORDS,
  [],
  {},
  [[]],
  [null],
  [-1, 0],
  [0, 0],
  [1e5, 1e5],
  [null, null, null],
  { class_name: 'x', config: {} },
  { class_name: '__lambda__', config: { code: '4wEA' } },
];

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (value && typeof value === 'object') {
    for (const [key, child] of Object.entries(value)) {
      found.push({ parent: value as Record<string, unknown>, key });
      placesIn(child, found);
    }
  }
  return found;
}

function buried(value: unknown, depth: number): unknown {
  let outer = value;
  for (let i = 0; i < depth; i++) outer = i % 2 ? [outer] : { config: outer };
  return outer;
}

const COUNTING =
  /size|units|filters|groups|depth|axis|shape|stride|dilation|pool|padding|cropping|rate|target|dims/;

/** Changes one part of a JSON value in place: other types, huge numbers, parts removed, doubled, swapped, buried. */
export function editJson(root: object, { op, at, value }: Edit): void {
  const all = placesIn(root);
  // A layer's numbers matter most and are few among all the names.
  const counting = all.filter(({ key }) => COUNTING.test(key));
  const places = op % 2 && counting.length ? counting : all;
  if (!places.length) return;
  const { parent, key } = choose(places, at);
  const own = parent[key];
  const put = (name: string, changed: unknown) =>
    // Assigning to `__proto__` would change this very object instead.
    Object.defineProperty(parent, name, {
      value: structuredClone(changed),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  const alike = all.filter((other) => typeof other.parent[other.key] === typeof own && other.key === key);
  const changes = [
    () => put(key, choose(VALUES, value)),
    () => put(key, typeof own === 'number' ? own * (value % 2000) - (value % 3) : choose(VALUES, value)),
    () => {
      const { parent: from, key: name } = choose(alike, value);
      put(key, from[name]);
    },
    () => {
      const { parent: from, key: name } = choose(all, value);
      if (JSON.stringify(from[name] ?? null).length < 100_000) put(key, from[name]);
    },
    () => (Array.isArray(parent) ? parent.push(structuredClone(own)) : put(choose(WORDS, value), own)),
    () => (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]),
    () => Array.isArray(own) && own.reverse(),
    () => put(key, buried(own, choose([1, 5, 50, 600], value))),
  ];
  choose(changes, op >> 1)();
}

/** A JSON text with those changes. */
export function editedJson(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, edit) => {
    try {
      const root = JSON.parse(text);
      editJson(root, edit);
      return JSON.stringify(root);
    } catch (error) {
      // Buried time and again, a value is too deep to be copied or written: that edit is left out.
      if (!(error instanceof RangeError)) throw error;
      return text;
    }
  }, source);
}
