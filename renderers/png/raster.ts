import type { Raster } from '../../src/maps/grid';
import { indexedPng, pixelPng } from './encode';

/**
 * A raster as a PNG of its own size, with a palette: exact, and small enough for a spec.
 *
 * @param colors 256 colours, six hex digits each, as `colormap` gives them
 * @param notFiniteColors colours of NaN, +Infinity and −Infinity, as '#rrggbb'
 */
export function rasterPng(raster: Raster, colors: string, notFiniteColors: readonly string[]): Uint8Array {
  const { width, height, data, notFinite } = raster;
  const table = bytesOf(colors);
  if (!notFinite) return indexedPng(width, height, data, table);
  // The map's colours fill the palette, so with NaN or infinity the PNG has three bytes per pixel.
  const special = notFiniteColors.map((color) => bytesOf(color.slice(1)));
  const rgb = new Uint8Array(data.length * 3);
  for (let i = 0; i < data.length; i++) {
    const kind = notFinite[i];
    rgb.set(kind ? special[kind - 1]! : table.subarray(3 * data[i]!, 3 * data[i]! + 3), 3 * i);
  }
  return pixelPng(width, height, 3, rgb);
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
