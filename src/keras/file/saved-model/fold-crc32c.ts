import { MODULE } from './fold-crc32c-module';

/** The functions of fold-crc32c.as, with their memory. */
interface Folding {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): number;
  fold(first: number, end: number): void;
  finish(first: number): void;
}

/** The parts of WebAssembly that are used; its types belong to browsers, which the compiler is not told of. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const WORD = 16;
/** Bytes that remain: those whose later places would be behind the end. */
const REMAINING = 209 * WORD;
/** Bytes folded at once, few enough for a processor's first cache. */
const PIECE = 1 << 14;
/** From this number of bytes on folding is worthwhile. */
export const LEAST_FOLDED = 1 << 14;

let made: { folding: Folding; room: number } | undefined;

function folding(): NonNullable<typeof made> {
  if (made) return made;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  const code = Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));
  const folding = new Instance(new Module(code)).exports as Folding;
  made = { folding, room: folding.reserve(REMAINING + Math.max(PIECE, REMAINING)) };
  return made;
}

/**
 * Reduces many bytes to few, by adding each to later ones: ten times as fast as a checksum by tables.
 *
 * @param bytes at least `LEAST_FOLDED`
 * @param start the checksum of the bytes before these
 * @returns `remaining`, whose checksum from a register of zero is that of all bytes but `rest`, which come after; they
 *   are valid until the next call
 */
export function foldCrc32c(bytes: Uint8Array, start: number): { remaining: Uint8Array; rest: Uint8Array } {
  const { folding: wasm, room } = folding();
  const memory = new Uint8Array(wasm.memory.buffer);
  const first = room + REMAINING;
  const end = bytes.length - (bytes.length % WORD);
  const last = end - REMAINING;
  memory.fill(0, room, first);
  for (let at = 0; at < last; at += PIECE) {
    const piece = bytes.subarray(at, Math.min(at + PIECE, last));
    memory.set(piece, first);
    // The register is added to the first four bytes.
    if (at === 0) for (let i = 0; i < 4; i++) memory[first + i]! ^= (~start >>> (8 * i)) & 255;
    wasm.fold(first, first + piece.length);
    memory.copyWithin(room, room + piece.length, first + piece.length);
  }
  memory.set(bytes.subarray(last, end), first);
  wasm.finish(first);
  return { remaining: memory.subarray(first, first + REMAINING), rest: bytes.subarray(end) };
}
