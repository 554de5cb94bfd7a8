import type { Heap } from '../../src/tensorflow/wasm';

/** As malloc aligns; a kernel that passes its end mostly does so by less. */
const ZONE = 64;
const MARK = 0xa5;

/**
 * Puts bytes of a known value before and behind each allocation from now on: so a kernel that writes past the end of a
 * tensor is noticed by the case that makes it do so, and not by what it spoilt, thousands of cases later.
 *
 * @returns a function that says what was written over since it was last asked, if anything was
 */
export function guardHeap(heap: Heap): () => string | undefined {
  const { _malloc: allocate, _free: free } = heap;
  const sizes = new Map<number, number>();
  let found: string | undefined;

  const check = (at: number, bytes: number) => {
    const marked = (from: number) => heap.HEAPU8.subarray(from, from + ZONE).every((byte) => byte === MARK);
    for (const [where, whole] of [
      ['before', marked(at - ZONE)],
      ['behind', marked(at + bytes)],
    ] as const) {
      if (!whole) found ??= `a kernel wrote ${where} the ${bytes} bytes of a tensor`;
    }
  };

  heap._malloc = (bytes) => {
    const at = allocate(bytes + 2 * ZONE) + ZONE;
    heap.HEAPU8.fill(MARK, at - ZONE, at).fill(MARK, at + bytes, at + bytes + ZONE);
    sizes.set(at, bytes);
    return at;
  };
  heap._free = (at) => {
    const bytes = sizes.get(at);
    if (bytes === undefined) return free(at);
    check(at, bytes);
    sizes.delete(at);
    free(at - ZONE);
  };
  return () => {
    for (const [at, bytes] of sizes) check(at, bytes);
    const words = found;
    found = undefined;
    return words;
  };
}
