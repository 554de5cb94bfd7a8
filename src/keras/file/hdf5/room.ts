/**
 * Places for arrays in one piece of memory, so that none begins at a multiple of 64 bytes: native TensorFlow reads an
 * array where it lies if it begins there, and the next batch would overwrite it. Elsewhere it copies. Memory begins at a
 * multiple of 16 bytes, so each place is 4 bytes after one.
 *
 * @param counts the float32 numbers of each array
 * @returns where each begins, and how many numbers all take together
 */
export function placesFor(counts: readonly number[]): { starts: number[]; total: number } {
  let total = 0;
  const starts = counts.map((count) => {
    const start = total + 1;
    total = start + Math.ceil((count + 3) / 4) * 4 - 1;
    return start;
  });
  return { starts, total };
}
