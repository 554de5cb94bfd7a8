import type { Pixels } from '../pictures/pixels';

/** From an index to the one after the last. */
export type Ends = readonly [from: number, to: number];

/** A part is never smaller than this share of the picture: a field of three pixels says little. */
const LEAST = 0.12;

/**
 * The part of a picture that is shown of a receptive field: as large as the field, square where the picture allows, and at
 * least an eighth of the picture, with the field inside.
 *
 * @param size height and width of the picture
 */
export function patchRegion(
  rows: Ends,
  columns: Ends,
  [height, width]: readonly [number, number],
): { rows: Ends; columns: Ends } {
  const least = Math.ceil(LEAST * Math.max(height, width));
  const longest = Math.max(rows[1] - rows[0], columns[1] - columns[0], least);
  return { rows: widened(rows, longest, height), columns: widened(columns, longest, width) };
}

function widened([from, to]: Ends, least: number, length: number): Ends {
  const size = Math.min(length, Math.max(to - from, least));
  const start = Math.round((from + to - size) / 2);
  const first = Math.min(length - size, Math.max(0, start));
  return [first, first + size];
}

/** A part of a picture, as a copy. */
export function croppedPixels(
  { width, channels, data }: Pixels,
  [top, bottom]: Ends,
  [left, right]: Ends,
): Pixels {
  const length = (right - left) * channels;
  const part = new Uint8Array((bottom - top) * length);
  for (let row = top; row < bottom; row++) {
    const start = (row * width + left) * channels;
    part.set(data.subarray(start, start + length), (row - top) * length);
  }
  return { height: bottom - top, width: right - left, channels, data: part };
}
