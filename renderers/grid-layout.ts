import type { Grid } from '../src/maps/grid';

/** Tallest grid that still gets fewer, larger tiles a row, as a share of its width. */
const TALLEST = 2;

/** The least height of a tile in CSS pixels, so that strips of few values can be seen. */
const STRIP = 12;

/** A map so many times wider than high is a strip. */
const FLAT = 8;

/** Up to 16 tiles a row as in the tutorial; 32 or 64 where the grid would be too high. Strips stand below each other. */
export function columnsFor(
  count: number,
  map: { height: number; width: number },
  gutter: number,
  room: number,
): number {
  if (map.height === 1)
    return Math.max(1, Math.min(count, Math.floor(room / Math.max(64, map.width + gutter))));
  if (count <= 16) return Math.max(1, count);
  const height = (columns: number) => {
    const { zoomY, shrink } = fitOf({ columns, tileHeight: map.height, tileWidth: map.width }, gutter, room);
    return Math.ceil(count / columns) * (Math.ceil(map.height / shrink) * zoomY + gutter);
  };
  return [16, 32].find((columns) => height(columns) <= TALLEST * room) ?? 64;
}

/** CSS pixels per value along both axes, and values per pixel. */
export interface Fit {
  zoomX: number;
  zoomY: number;
  shrink: number;
}

/** CSS pixels per value, or values per pixel: whole numbers, so that all values get the same space. */
export function fitOf(
  { columns, tileHeight, tileWidth }: Pick<Grid, 'columns' | 'tileHeight' | 'tileWidth'>,
  gutter: number,
  room: number,
): Fit {
  const tile = room / columns - gutter;
  if (!(tile > 0)) {
    throw new RangeError(
      `Cannot lay out the grid: gutters of ${gutter} leave no space for tiles. Choose a smaller gutter.`,
    );
  }
  // One tile or a few never fill the width with a few values.
  const most = Math.min(tile, LARGEST / Math.max(1, tileHeight / tileWidth));
  const zoom = Math.floor(most / tileWidth);
  const shrink = zoom < 1 ? Math.ceil(tileWidth / tile) : 1;
  const zoomX = Math.max(1, zoom);
  const highest = tileHeight === 1 ? Math.min(24, zoomX) : zoomX;
  const least = tileHeight * FLAT <= tileWidth ? Math.ceil(STRIP / Math.ceil(tileHeight / shrink)) : 1;
  return { zoomX, zoomY: Math.max(highest, least), shrink };
}

/** The largest tile, in CSS pixels. */
const LARGEST = 300;

/** A grid with each value drawn as a block of pixels. */
export function zoomed(grid: Grid, { zoomX, zoomY }: Fit): Grid {
  if (zoomX === 1 && zoomY === 1) return grid;
  const [height, width] = [grid.height * zoomY, grid.width * zoomX];
  const enlarge = (from: Uint8Array) => {
    const to = new Uint8Array(height * width);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / zoomY) * grid.width;
      for (let x = 0; x < width; x++) to[y * width + x] = from[row + Math.floor(x / zoomX)]!;
    }
    return to;
  };
  return {
    ...grid,
    height,
    width,
    tileHeight: grid.tileHeight * zoomY,
    tileWidth: grid.tileWidth * zoomX,
    data: enlarge(grid.data),
    ...(grid.notFinite && { notFinite: enlarge(grid.notFinite) }),
  };
}

/** A grid with room for gutters, over which paper is drawn; each gutter belongs to the tile before it. */
export function spaced(grid: Grid, gutter: number): Grid {
  if (gutter === 0) return grid;
  const [tileHeight, tileWidth] = [grid.tileHeight + gutter, grid.tileWidth + gutter];
  const [height, width] = [grid.rows * tileHeight, grid.columns * tileWidth];
  const spread = (from: Uint8Array) => {
    const to = new Uint8Array(height * width);
    for (let y = 0; y < grid.height; y++) {
      const row = (y + Math.floor(y / grid.tileHeight) * gutter) * width;
      for (let column = 0; column < grid.columns; column++) {
        const at = y * grid.width + column * grid.tileWidth;
        to.set(from.subarray(at, at + grid.tileWidth), row + column * tileWidth);
      }
    }
    return to;
  };
  return {
    ...grid,
    height,
    width,
    tileHeight,
    tileWidth,
    data: spread(grid.data),
    ...(grid.notFinite && { notFinite: spread(grid.notFinite) }),
  };
}
