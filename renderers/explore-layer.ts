import { type Activation, layout } from '../src/maps/activation';
import { displayGrid, type Grid, shrinkGrid } from '../src/maps/grid';
import { range, type Scale } from '../src/maps/scale';
import { dataUrl } from './picture';
import { rasterPng } from './png/raster';
import { NOT_FINITE, oddities, percent, rangeWords } from './theme';

/** Side of the map's panel in CSS pixels. */
export const SIDE = 300;

/** Values that all layers together may hold; above this, maps are shrunk. */
const BUDGET = 2_000_000;

/** A layer in the spec: one raster of all its channels, and a text for each. */
export interface ExplorerLayer {
  name: string;
  /** The channels in the figure. */
  numbers: number[];
  height: number;
  width: number;
  /** Tiles in a row of the raster, and its rows. */
  across: number;
  down: number;
  /** CSS pixels of the map. */
  shownHeight: number;
  shownWidth: number;
  url: string;
  lows: number[];
  highs: number[];
  dead: boolean[];
  /** Position of the most varied channel, by standard deviation. */
  varied: number;
  texts: string[];
}

/**
 * Prepares a layer for the figure.
 *
 * @param count number of layers in the figure
 * @throws {RangeError} when `channels` names none of its channels
 */
export function explorerLayer(
  activation: Activation,
  name: string,
  colors: string,
  count: number,
  {
    scale = 'minmax',
    index,
    channels: wanted,
  }: { scale?: Scale; index?: number; channels?: readonly number[] },
): ExplorerLayer {
  const { height, width, channels } = layout(activation);
  const numbers = Array.from({ length: channels }, (_, i) => i).filter((i) => wanted?.includes(i) ?? true);
  if (numbers.length === 0) {
    throw new RangeError(`Cannot explore ${name}: \`channels\` names none of its ${channels} channels.`);
  }
  const across = Math.ceil(Math.sqrt(numbers.length));
  const grid = displayGrid(activation, { imagesPerRow: across, scale, index, channels: numbers });
  const strip = height === 1;
  const fits = Math.ceil(Math.max(height, width) / SIDE);
  const shrink = strip
    ? 1
    : Math.max(fits, Math.ceil(Math.sqrt((height * width * numbers.length * count) / BUDGET)));
  const shown = shrinkGrid(grid, shrink);
  const zoom = strip ? SIDE / width : Math.floor(SIDE / Math.max(shown.tileHeight, shown.tileWidth));
  const ends = grid.tiles.map((tile) => range(scale, tile));
  const plain = (end: number) => (Number.isFinite(end) ? end : 0);
  return {
    name,
    numbers,
    height,
    width,
    across,
    down: grid.rows,
    shownHeight: strip ? 40 : zoom * shown.tileHeight,
    shownWidth: zoom * shown.tileWidth,
    url: dataUrl(rasterPng(shown, colors, NOT_FINITE)),
    lows: ends.map(([low]) => plain(low)),
    highs: ends.map(([, high]) => plain(high)),
    dead: grid.tiles.map(({ dead }) => dead),
    varied: mostVaried(grid.tiles),
    texts: textsOf(grid, shrink),
  };
}

/** The position of the largest standard deviation; a channel without finite values has none. */
function mostVaried(tiles: Grid['tiles']): number {
  const spread = (position: number) => tiles[position]!.std || 0;
  return tiles.reduce((best, _, position) => (spread(position) > spread(best) ? position : best), 0);
}

function textsOf({ tiles, tileHeight, tileWidth }: Grid, shrink: number): string[] {
  return tiles.map((tile) => {
    const { dead, sparsity } = tile;
    return [
      `${tileHeight} × ${tileWidth}`,
      rangeWords(tile),
      ...(dead ? [] : [`${percent(sparsity)} zeros`]),
      ...oddities(tile),
      ...(shrink > 1 ? [`shown at 1/${shrink} size`] : []),
    ].join(' · ');
  });
}
