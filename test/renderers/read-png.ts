import { PNG } from 'pngjs';
import '../../renderers/node';

/** Reads a PNG with pngjs, which shares no code with ours. */
export const readPng = (bytes: Uint8Array): PNG => PNG.sync.read(Buffer.from(bytes));

/** The raster that a grid's spec carries in strips, with as many tiles a row as there is room for in Node. */
export function gridRaster({ spec }: { spec: Record<string, unknown> }): PNG {
  const params = spec['params'] as { name: string; value?: string; expr?: string }[];
  const param = (name: string) => params.find((one) => one.name === name)!;
  const { strips } = spec['datasets'] as { strips: { body: string }[] };
  const pngs = strips.map(({ body }) => readPng(Buffer.from(param('head').value + body, 'base64')));
  // Such as "room - 0 >= 544 ? 16 : 8", and "max(2, min(37, floor(…".
  const columns = Number(/(\d+)(?: :|$)/.exec(param('across').expr!)![1]);
  const tileWidth = Number(/min\((\d+),/.exec(param('tileWidth').expr!)![1]);
  const { width, height } = pngs[0]!;
  const inRow = (columns * tileWidth) / width;
  const all = new PNG({ width: inRow * width, height: Math.ceil(pngs.length / inRow) * height });
  for (const [at, png] of pngs.entries()) {
    PNG.bitblt(png, all, 0, 0, width, height, (at % inRow) * width, Math.floor(at / inRow) * height);
  }
  return all;
}

/** The colour of a pixel, counted row by row, as 0xrrggbb. */
export function colorAt({ data }: PNG, pixel: number): number {
  const at = 4 * pixel;
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

/** The same as #rrggbb. */
export const hexAt = (png: PNG, pixel: number): string =>
  `#${colorAt(png, pixel).toString(16).padStart(6, '0')}`;
