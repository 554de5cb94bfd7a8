/** A seeded source of numbers in 0..1 (mulberry32, by Tommy Ettinger; public domain). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Next = () => number;
export const below = (next: Next, limit: number) => Math.floor(next() * limit);
export const pick = <T>(next: Next, values: readonly T[]): T => values[below(next, values.length)];

/** Numbers that lengths, offsets and counts are most likely to be wrong with. */
const ODD = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Bytes with some bits, bytes, words or stretches changed, cut or doubled. */
export function mutateBytes(source: Uint8Array, next: Next): Buffer {
  let bytes = Buffer.from(source);
  for (let times = 1 + below(next, 8); times > 0; times--) {
    const at = below(next, bytes.length);
    switch (below(next, 6)) {
      case 0:
        bytes[at] ^= 1 << below(next, 8);
        break;
      case 1:
        bytes[at] = below(next, 256);
        break;
      case 2:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(pick(next, ODD), at);
        break;
      case 3:
        if (at + 8 <= bytes.length) bytes.writeBigUInt64LE(BigInt(pick(next, ODD)) * 0x10001n, at);
        break;
      case 4:
        if (next() < 0.3) bytes = bytes.subarray(0, Math.max(1, at));
        break;
      default: {
        const to = below(next, bytes.length);
        bytes.copy(bytes, to, at, Math.min(bytes.length, at + below(next, 64)));
      }
    }
  }
  return bytes;
}

const VALUES = [
  null,
  -1,
  0,
  1,
  1e9,
  1e308,
  '',
  'x',
  '__proto__',
  '../../x',
  [],
  {},
  [[]],
  true,
  'Lambda',
  'Conv2D',
];

/** A JSON value with some of its parts replaced, removed, doubled or buried. */
export function mutateJson(source: unknown, next: Next): unknown {
  const value = structuredClone(source);
  for (let times = 1 + below(next, 4); times > 0; times--) {
    let node = value as Record<string, unknown>;
    for (;;) {
      const keys = Object.keys(node);
      if (keys.length === 0) break;
      const key = pick(next, keys);
      const child = node[key];
      if (child && typeof child === 'object' && next() < 0.85) {
        node = child as Record<string, unknown>;
        continue;
      }
      const kind = below(next, 10);
      if (kind === 0) delete node[key];
      else if (kind === 1 && Array.isArray(node)) node.push(structuredClone(child));
      else if (kind === 2) node[key] = buried(child, next() < 0.1 ? 1000 : 5);
      else node[key] = structuredClone(pick(next, VALUES));
      break;
    }
  }
  return value;
}

function buried(value: unknown, depth: number): unknown {
  let outer = value;
  for (let i = 0; i < depth; i++) outer = { config: outer };
  return outer;
}
