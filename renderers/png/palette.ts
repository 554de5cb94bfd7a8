import { drawnPng, pixelPng } from './encode';

/**
 * An opaque drawing as a PNG, with a palette if possible. The colours in `exact` stay as they are; others (the soft
 * edges of letters, steps that only the scale bar has) may be replaced by the nearest colour of the palette. With too
 * many exact colours, the PNG has three bytes per pixel.
 *
 * @param rgba interleaved bytes, as a canvas gives them; they are overwritten, since their copies would wait for V8's
 *   collection: 5 MB each for a drawing of 1120 × 1120
 * @param exact colours as 0xrrggbb
 */
export function drawingPng(
  width: number,
  height: number,
  rgba: Uint8ClampedArray,
  exact: ReadonlySet<number>,
): Uint8Array {
  const { colors: present, counts, labels } = countColors(width, height, rgba);
  const isExact = present.map((color) => exact.has(color));
  const byCount = present.map((_, label) => label).sort((a, b) => counts[b]! - counts[a]!);
  const others = byCount.filter((label) => !isExact[label]).map((label) => present[label]!);
  const room = 256 - (present.length - others.length);
  if (room < Math.min(others.length, SOFT)) {
    const rgb = new Uint8Array(3 * labels.length);
    for (let i = 0; i < labels.length; i++) {
      const color = present[labels[i]!]!;
      for (let part = 0; part < 3; part++) rgb[3 * i + part] = color >> (16 - 8 * part);
    }
    return pixelPng(width, height, 3, rgb);
  }
  // First some grays, for letters. Then the most frequent colours. Then, of the rest (steps of a scale bar,
  // soft edges), those that are least like any other.
  const grays = others.filter(isGray).slice(0, SOFT);
  const frequent = others.filter((color) => !grays.includes(color)).slice(0, SOFT);
  const palette = present.filter((_, label) => isExact[label]);
  palette.push(...[...grays, ...frequent].slice(0, room));
  const indices = fillPalette(palette, present);
  const colors = Uint8Array.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  // In the labels' own memory: a pixel's byte lies before its label, or at its beginning.
  const pixels = new Uint8Array(labels.buffer, labels.byteOffset, labels.length);
  for (let i = 0; i < labels.length; i++) pixels[i] = indices[labels[i]!]!;
  return drawnPng(width, height, pixels, colors);
}

/** Slots of the table that finds a colour's label. */
const SLOT_BITS = 12;

/**
 * The colours of a drawing as 0xrrggbb, in the order of their first pixels, how many pixels each has, and the number of
 * each pixel's colour, which takes the pixel's place.
 */
function countColors(width: number, height: number, rgba: Uint8ClampedArray) {
  // One word per pixel: the bytes of a colour in either order of the machine.
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const colors: number[] = [];
  const counts: number[] = [];
  const labelOf = new Map<number, number>();
  // The last word of each slot and its label: a noisy map asks a million times, which takes a `Map` too long.
  const lastWord = new Uint32Array(1 << SLOT_BITS);
  const lastLabel = new Int32Array(1 << SLOT_BITS).fill(-1);
  const find = (word: number, slot: number, pixel: number) => {
    let label = labelOf.get(word);
    if (label === undefined) {
      label = colors.length;
      labelOf.set(word, label);
      colors.push((rgba[4 * pixel]! << 16) | (rgba[4 * pixel + 1]! << 8) | rgba[4 * pixel + 2]!);
      counts.push(0);
    }
    lastWord[slot] = word;
    lastLabel[slot] = label;
    return label;
  };
  // Drawings are mostly runs of one colour.
  for (let start = 0, end = 0; start < words.length; start = end) {
    const word = words[start]!;
    while (end < words.length && words[end] === word) end++;
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - SLOT_BITS);
    const known = lastWord[slot] === word ? lastLabel[slot]! : -1;
    const label = known < 0 ? find(word, slot, start) : known;
    counts[label]! += end - start;
    words.fill(label, start, end);
  }
  return { colors, counts, labels: words };
}

/**
 * Fills a palette up to 256 colours. Each is the one that differs most from all before it, so that those which find no
 * place have a similar one (Gonzalez 1985, Clustering to minimize the maximum intercluster distance).
 *
 * @returns the index of each colour's nearest one
 */
function fillPalette(palette: number[], colors: readonly number[]): Uint8Array {
  const nearest = new Uint8Array(colors.length);
  const distances = new Float64Array(colors.length).fill(Number.POSITIVE_INFINITY);
  for (let index = 0; index < 256; index++) {
    if (index === palette.length) {
      let far = 0;
      for (let i = 1; i < distances.length; i++) if (distances[i]! > distances[far]!) far = i;
      if (distances[far] === 0) break;
      palette.push(colors[far]!);
    }
    const added = palette[index]!;
    for (let i = 0; i < colors.length; i++) {
      const far = distance(colors[i]!, added);
      if (far < distances[i]!) [nearest[i], distances[i]] = [index, far];
    }
  }
  return nearest;
}

/** Grays in a full palette: enough for letters to look smooth. */
const SOFT = 12;

function isGray(color: number): boolean {
  return (color & 255) === ((color >> 8) & 255) && (color & 255) === color >> 16;
}

/** How much two colours differ; grays stay grays, and steps of a colour map stay steps. */
function distance(color: number, other: number): number {
  const red = (color >> 16) - (other >> 16);
  const green = ((color >> 8) & 255) - ((other >> 8) & 255);
  const blue = (color & 255) - (other & 255);
  return red * red + green * green + blue * blue + (isGray(other) === isGray(color) ? 0 : 1e6);
}
