import { indexedPng, pixelPng } from './encode';

/**
 * An opaque drawing as a PNG, with a palette if possible. The colours in `exact` stay as they are; others (the soft
 * edges of letters, steps that only the scale bar has) may be replaced by the nearest colour of the palette. With too
 * many exact colours, the PNG has three bytes per pixel.
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
  // Where a value covers several pixels, rows repeat; each is looked at once.
  const repeats = Array.from({ length: height }, (_, y) => {
    if (y === 0) return false;
    for (let i = y * width; i < (y + 1) * width; i++) if (words[i] !== words[i - width]) return false;
    return true;
  });
  for (let y = 0; y < height; y++) {
    if (repeats[y]) continue;
    for (let i = y * width; i < (y + 1) * width; i++)
      pixels[i] = (rgba[4 * i]! << 16) | (rgba[4 * i + 1]! << 8) | rgba[4 * i + 2]!;
  }
  const own = repeats.flatMap((repeated, y) => (repeated ? [] : [y]));
  const counts = countColors(pixels, width, own);
  const present = [...counts.keys()];
  const others = present.filter((color) => !exact.has(color)).sort((a, b) => counts.get(b)! - counts.get(a)!);
  const room = 256 - (present.length - others.length);
  if (room < Math.min(others.length, SOFT)) {
    const rgb = Uint8Array.from(
      { length: pixels.length * 3 },
      (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)]!,
    );
    return pixelPng(width, height, 3, rgb);
  }
  // First some grays, for letters. Then the most frequent colours. Then, of the rest (steps of a scale bar and their
  // soft edges), as many as fit, evenly spaced, so that each has a similar neighbour.
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

// Drawings are mostly runs of one colour, so both loops look up a colour only where it changes.

function countColors(pixels: Uint32Array, width: number, rows: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const y of rows) {
    const stop = (y + 1) * width;
    for (let start = y * width, end = start; start < stop; start = end) {
      const color = pixels[start];
      while (end < stop && pixels[end] === color) end++;
      counts.set(color!, (counts.get(color!) ?? 0) + end - start);
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
      indices.fill(index.get(color!)!, start, end);
    }
  }
  return indices;
}

/** At most `count` of the values, evenly spaced, in their order. */
function evenly<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: Math.max(0, count) },
    (_, i) => values[Math.floor((i * values.length) / count)]!,
  );
}

/** Grays in a full palette: enough for letters to look smooth. */
const SOFT = 12;

function isGray(color: number): boolean {
  return (color & 255) === ((color >> 8) & 255) && (color & 255) === color >> 16;
}

/** The index of the nearest colour; grays stay grays, and steps of a colour map stay steps. */
function nearest(color: number, palette: readonly number[]): number {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0) +
    (isGray(other) === isGray(color) ? 0 : 1e6);
  return palette.reduce((best, other, i) => (distance(other) < distance(palette[best]!) ? i : best), 0);
}
