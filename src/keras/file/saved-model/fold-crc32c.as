// AssemblyScript. scripts/make-webassembly.mjs compiles it into fold-crc32c-module.ts; nothing else reads it.
//
// Bytes are coefficients of a polynomial over the bits, the first byte the highest power, and their CRC is the remainder
// by the polynomial P of CRC-32C. P divides x^209 + x^144 + x^54 + x^39 + x^14 + 1, which has the fewest terms below
// degree 5000 and of these the lowest degree. Squaring over the bits doubles the powers and leaves the terms, so P also
// divides the same with x^128 in place of x. Hence each 16 bytes can be added to the 16 bytes 65, 155, 170, 195 and 209
// places later, and left out: the remainder stays the same.

const BACK_1: usize = 16 * 65;
const BACK_2: usize = 16 * 155;
const BACK_3: usize = 16 * 170;
const BACK_4: usize = 16 * 195;
const BACK_5: usize = 16 * 209;

/** Makes room. @returns the first free address, which is a multiple of 16 */
export function reserve(bytes: i32): i32 {
  const need = (<i32>__heap_base + 15 + bytes + 65535) >>> 16;
  const have = memory.size();
  if (need > have && memory.grow(need - have) < 0) return 0;
  return (<i32>__heap_base + 15) & ~15;
}

/** Adds to each 16 bytes those of before, which are folded themselves; 209 places before `first` are read. */
export function fold(first: usize, end: usize): void {
  for (let at = first; at < end; at += 16) {
    const a = v128.xor(v128.load(at - BACK_1), v128.load(at - BACK_2));
    const b = v128.xor(v128.load(at - BACK_3), v128.load(at - BACK_4));
    const c = v128.xor(v128.load(at - BACK_5), v128.load(at));
    v128.store(at, v128.xor(v128.xor(a, b), c));
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function add(at: usize, from: usize, first: usize): void {
  if (from < first) v128.store(at, v128.xor(v128.load(at), v128.load(from)));
}

/** The same for the last 209 places, which are not folded any further: what remains has the CRC of everything. */
export function finish(first: usize): void {
  for (let at = first; at < first + BACK_5; at += 16) {
    add(at, at - BACK_1, first);
    add(at, at - BACK_2, first);
    add(at, at - BACK_3, first);
    add(at, at - BACK_4, first);
    add(at, at - BACK_5, first);
  }
}
