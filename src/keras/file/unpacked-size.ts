/** What is small may be compressed as much as it likes; else it is a hundredth of its size, since weights are. */
const SMALL = 64 * 1024 ** 2;
const MOST_RATIO = 100;

/** Whether so many bytes cannot be the weights that a file of so few bytes holds, compressed or not. */
export function isTooMuch(unpacked: number, stored: number, mostRatio = MOST_RATIO): boolean {
  return unpacked > SMALL + mostRatio * stored;
}
