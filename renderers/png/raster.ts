import type { Raster } from '../../src/maps/grid';
import { indexedPng, pixelPng } from './encode';

/**
 * A raster as a PNG of its own size, with a palette: exact, and small enough for a spec.
 *
 * @param colors 256 colours, six hex digits each, as `colormap` gives them
 * @param notFiniteColors colours of NaN, +Infinity and −Infinity, as '#rrggbb'
 * @param alphas the opacity of each step, 0..255; values that are not finite are opaque
 */
export function rasterPng(
  raster: Raster,
  colors: string,
  notFiniteColors: readonly string[],
  alphas?: Uint8Array,
): Uint8Array {
  const { width, height, data, notFinite } = raster;
  const table = bytesOf(colors);
  if (!notFinite) return indexedPng(width, height, data, table, alphas);
  // The map's colours fill the palette, so with NaN or infinity the PNG has three bytes per pixel.
  const special = notFiniteColors.map((color) => bytesOf(color.slice(1)));
  const bytes = alphas ? 4 : 3;
  const pixels = new Uint8Array(data.length * bytes);
  for (let i = 0; i < data.length; i++) {
    const kind = notFinite[i];
    pixels.set(kind ? special[kind - 1]! : table.subarray(3 * data[i]!, 3 * data[i]! + 3), bytes * i);
    if (alphas) pixels[bytes * i + 3] = kind ? 255 : alphas[data[i]!]!;
  }
  return pixelPng(width, height, bytes, pixels);
}

/**
 * The opacity of each step over a picture: none at the low end and full at the high end; with 0 in the middle, none in
 * the middle and full at both ends.
 */
export function alphasOf([low, high]: readonly [number, number]): Uint8Array {
  const middle = low < 0 && high > 0 && Math.abs(low + high) <= 1e-6 * (high - low);
  return Uint8Array.from({ length: 256 }, (_, step) => (middle ? Math.abs(2 * step - 255) : step));
}

/** Gray, RGB or RGBA bytes as a PNG of their own size. */
export function picturePng(picture: {
  height: number;
  width: number;
  channels: number;
  data: Uint8Array;
}): Uint8Array {
  return pixelPng(picture.width, picture.height, picture.channels, picture.data);
}

/** The colours of the map's steps in a raster, as 0xrrggbb. */
export function colorsOf({ data }: Raster, colors: string): Set<number> {
  return new Set([...new Set(data)].map((step) => hexNumber(colors.slice(6 * step, 6 * step + 6))));
}

/** '#rrggbb' or 'rrggbb' as 0xrrggbb. */
export function hexNumber(color: string): number {
  return Number.parseInt(color.replace('#', ''), 16);
}

/** Hex digits as bytes. */
function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
