import { AtlasError } from '../../errors';

const TYPES = { Float64Array, Float32Array, Int32Array } as const;
type Name = keyof typeof TYPES;
/** Arrays that are kept. */
export type Packable = Float64Array | Float32Array | Int32Array;

/** The first bytes of a packed file. */
const SIGNATURE = 'convlens atlas 1\n';

/**
 * JSON and arrays of numbers in one row of bytes: the signature, the length of the head, the head (which names the arrays
 * in their order), then the arrays, each at a multiple of 8.
 */
export function pack(json: unknown, arrays: Readonly<Record<string, Packable>>): Uint8Array {
  const list = Object.entries(arrays).map(([name, values]) => [name, values.constructor.name, values.length]);
  const head = new TextEncoder().encode(JSON.stringify({ json, arrays: list }));
  const start = aligned(SIGNATURE.length + 4 + head.length);
  const sizes = Object.values(arrays).map(({ byteLength }) => aligned(byteLength));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, start));
  bytes.set(new TextEncoder().encode(SIGNATURE));
  new DataView(bytes.buffer).setUint32(SIGNATURE.length, head.length, true);
  bytes.set(head, SIGNATURE.length + 4);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of Object.values(arrays)) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/**
 * What `pack` has packed.
 *
 * @param what names it in errors
 * @throws {AtlasError} for anything else
 */
export function unpack(what: string, bytes: Uint8Array): { json: unknown; arrays: Record<string, Packable> } {
  const damaged = new AtlasError(
    `Cannot read ${what}: it is damaged. Delete it and run again with --resume.`,
  );
  if (new TextDecoder().decode(bytes.subarray(0, SIGNATURE.length)) !== SIGNATURE) throw damaged;
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = SIGNATURE.length + 4;
    const length = view.getUint32(SIGNATURE.length, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(first, first + length)));
    // Arrays of numbers begin at multiples of their size.
    const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    let at = aligned(first + length);
    const arrays: Record<string, Packable> = {};
    for (const [name, type, count] of head.arrays as [string, Name, number][]) {
      const values = new TYPES[type](whole.buffer as ArrayBuffer, whole.byteOffset + at, count);
      arrays[name] = values;
      at += aligned(values.byteLength);
    }
    if (at !== bytes.length) throw new Error('length');
    return { json: head.json, arrays };
  } catch {
    throw damaged;
  }
}

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;
