import type { Grid } from '../src/maps/grid';
import { base64 } from './base64';
import { rasterPng } from './png/raster';
import { NOT_FINITE } from './theme';

/**
 * How many tiles of a row always stand beside each other; a row has one or several of such strips, so that a grid has
 * shorter rows where there is less room.
 */
export function tilesInStrip(columns: number): number {
  const parts = columns < 8 ? 1 : ([2, 3].find((count) => columns % count === 0) ?? 1);
  return columns / parts;
}

/** The strips of a grid as PNGs in base64. */
export interface Strips {
  /** What all of them start with: their header and their colours. */
  head: string;
  bodies: string[];
}

/** Cuts a grid into strips of `length` tiles. */
export function stripsOf(grid: Grid, length: number, colors: string): Strips {
  const { tileHeight: height, tileWidth, columns, tiles } = grid;
  const width = length * tileWidth;
  const inRow = columns / length;
  const pngs = Array.from({ length: Math.ceil(tiles.length / length) }, (_, at) => {
    const start = Math.floor(at / inRow) * height * grid.width + (at % inRow) * width;
    const cut = (from: Uint8Array) => {
      const to = new Uint8Array(height * width);
      for (let y = 0; y < height; y++) {
        const row = start + y * grid.width;
        to.set(from.subarray(row, row + width), y * width);
      }
      return to;
    };
    const { data, notFinite } = grid;
    const raster = { height, width, data: cut(data), ...(notFinite && { notFinite: cut(notFinite) }) };
    return rasterPng(raster, colors, NOT_FINITE);
  });
  // Three bytes are four letters: a head of whole groups can be put before each body.
  const same = commonStart(pngs);
  const end = same - (same % 3);
  return { head: base64(pngs[0]!.subarray(0, end)), bodies: pngs.map((png) => base64(png.subarray(end))) };
}

/** How many first bytes are the same in all. */
function commonStart([first, ...others]: readonly Uint8Array[]): number {
  return others.reduce((most, other) => {
    let same = 0;
    while (same < most && other[same] === first![same]) same++;
    return same;
  }, first!.length);
}
