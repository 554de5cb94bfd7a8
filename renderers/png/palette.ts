import { indexedPng, pixelPng } from './encode';

/**
 * An opaque drawing as a PNG, in a palette whenever that loses nothing that matters: the colours in `exact`
 * stay as they are, the others (the soft edges of letters, steps that only the scale bar has) may move to
 * the nearest colour that has a place. With too many exact colours, three bytes a pixel.
 *
 * @param rgba interleaved bytes, as a canvas gives them
 * @param exact colours as 0xrrggbb
 */
export function drawingPng(
  width: number,
  height: number,
  rgba: Uint8ClampedArray,
  exact: ReadonlySet<number>,
): Uint8Array {
  const pixels = new Uint32Array(width * height);
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, pixels.length);
  // A map whose values take several pixels repeats its rows: each is looked at once.
  const repeats = Array.from({ length: height }, (_, y) => {
    if (y === 0) return false;
    for (let i = y * width; i < (y + 1) * width; i++) if (words[i] !== words[i - width]) return false;
    return true;
  });
  for (let y = 0; y < height; y++) {
    if (repeats[y]) continue;
    for (let i = y * width; i < (y + 1) * width; i++)
      pixels[i] = (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
  }
  const own = repeats.flatMap((repeated, y) => (repeated ? [] : [y]));
  const counts = countColors(pixels, width, own);
  const present = [...counts.keys()];
  const others = present.filter((color) => !exact.has(color)).sort((a, b) => counts.get(b)! - counts.get(a)!);
  const room = 256 - (present.length - others.length);
  if (room < Math.min(others.length, SOFT)) {
    const rgb = Uint8Array.from(
      { length: pixels.length * 3 },
      (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)],
    );
    return pixelPng(width, height, 3, rgb);
  }
  // Some grays first: letters need them. Then what covers most; then of the rest, which are a scale bar's steps and
  // their soft edges, as many as fit, evenly from one end to the other, so that each has a neighbour like it.
  const grays = others.filter(isGray).slice(0, SOFT);
  const frequent = others.filter((color) => !grays.includes(color)).slice(0, SOFT);
  const first = new Set([...grays, ...frequent]);
  const rest = present.filter((color) => !exact.has(color) && !first.has(color));
  const places = [...first, ...evenly(rest, room - first.size)];
  const palette = [...present.filter((color) => exact.has(color)), ...places.slice(0, room)];
  const index = new Map(palette.map((color, i) => [color, i]));
  for (const color of others) if (!index.has(color)) index.set(color, nearest(color, palette));
  const colors = Uint8Array.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return indexedPng(width, height, indicesOf(pixels, width, repeats, index), colors);
}

// Drawings are mostly runs of one colour, so both loops look a colour up only where it changes.

function countColors(pixels: Uint32Array, width: number, rows: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const y of rows) {
    const stop = (y + 1) * width;
    for (let start = y * width, end = start; start < stop; start = end) {
      const color = pixels[start];
      while (end < stop && pixels[end] === color) end++;
      counts.set(color, (counts.get(color) ?? 0) + end - start);
    }
  }
  return counts;
}

function indicesOf(
  pixels: Uint32Array,
  width: number,
  repeats: readonly boolean[],
  index: ReadonlyMap<number, number>,
): Uint8Array {
  const indices = new Uint8Array(pixels.length);
  for (const [y, repeated] of repeats.entries()) {
    const stop = (y + 1) * width;
    if (repeated) indices.copyWithin(y * width, (y - 1) * width, y * width);
    for (let start = repeated ? stop : y * width, end = start; start < stop; start = end) {
      const color = pixels[start];
      while (end < stop && pixels[end] === color) end++;
      indices.fill(index.get(color)!, start, end);
    }
  }
  return indices;
}

/** At most `count` of the values, evenly spaced, in their order. */
function evenly<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: Math.max(0, count) },
    (_, i) => values[Math.floor((i * values.length) / count)],
  );
}

/** Places for grays in a full palette: enough for letters to look smooth. */
const SOFT = 12;

function isGray(color: number): boolean {
  return (color & 255) === ((color >> 8) & 255) && (color & 255) === color >> 16;
}

/** The place of the colour most like it; a gray stays a gray, a step of a colour map a step. */
function nearest(color: number, palette: readonly number[]): number {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0) +
    (isGray(other) === isGray(color) ? 0 : 1e6);
  return palette.reduce((best, other, i) => (distance(other) < distance(palette[best]) ? i : best), 0);
}
