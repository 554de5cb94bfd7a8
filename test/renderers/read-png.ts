import { PNG } from 'pngjs';
import '../../renderers/node';

/** Reads a PNG with pngjs, which shares no code with ours. */
export const readPng = (bytes: Uint8Array): PNG => PNG.sync.read(Buffer.from(bytes));

/** The raster that a grid's spec carries. */
export function gridRaster({ spec }: { spec: Record<string, unknown> }): PNG {
  const [{ url }] = (spec['datasets'] as { tiles: [{ url: string }] }).tiles;
  return readPng(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}

/** The colour of a pixel, counted row by row, as 0xrrggbb. */
export function colorAt({ data }: PNG, pixel: number): number {
  const at = 4 * pixel;
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

/** The same as #rrggbb. */
export const hexAt = (png: PNG, pixel: number): string =>
  `#${colorAt(png, pixel).toString(16).padStart(6, '0')}`;
