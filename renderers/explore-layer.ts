import { type Activation, featureMap, layout } from '../src/maps/activation';
import { channelStats } from '../src/maps/channel-stats';
import { displayGrid, type Grid, shrinkGrid } from '../src/maps/grid';
import { range, type Scale } from '../src/maps/scale';
import { base64 } from './base64';
import { type CellValues, encodeValues, type Precision } from './cell-values';
import { PALETTE_END } from './png/encode';
import { rasterPng } from './png/raster';
import { numbersBetween } from './scale-bar';
import { NOT_FINITE, oddities, percent, rangeWords } from './theme';

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
  /** CSS pixels of a thumbnail. */
  thumb: number;
  /** The layer's raster as a PNG in base64, up to the end of its palette and after it. */
  head: string;
  body: string;
  /** Whether there is a palette, which can be made transparent. */
  palette: boolean;
  /** Texts at the ends of the scale bar, and in its middle. */
  lows: string[];
  middles: string[];
  highs: string[];
  /** Powers of ten above the bar; absent where no channel has one. */
  powers?: string[];
  dead: boolean[];
  /** The values of each channel for the pointer; empty where they do not fit. */
  values: CellValues[];
  /** Position of the most varied channel, by standard deviation. */
  varied: number;
  texts: string[];
  /** What is left out, or nothing. */
  note: string;
}

/** The tiles in a row of thumbnails, and their size in CSS pixels: all channels of a layer are seen at once. */
export function thumbsOf(channels: number): { across: number; thumb: number } {
  if (channels <= 16) return { across: channels, thumb: 48 };
  return channels <= 128 ? { across: 32, thumb: 24 } : { across: 64, thumb: 12 };
}

/** The channels that `channels` chooses. @throws {RangeError} when it names none of the layer's */
export function chosenChannels(activation: Activation, name: string, wanted?: readonly number[]): number[] {
  const { channels } = layout(activation);
  const numbers = Array.from({ length: channels }, (_, i) => i).filter((i) => wanted?.includes(i) ?? true);
  if (numbers.length === 0) {
    throw new RangeError(`Cannot explore ${name}: \`channels\` names none of its ${channels} channels.`);
  }
  return numbers;
}

/**
 * The `count` most varied channels of those chosen, in the order of their numbers.
 *
 * @param own a channel that is kept in any case
 */
export function mostVaried(
  activation: Activation,
  numbers: readonly number[],
  count: number,
  own?: number,
): number[] {
  if (numbers.length <= count) return [...numbers];
  const all = channelStats(activation);
  const weight = (channel: number) => (channel === own ? Number.POSITIVE_INFINITY : all[channel]!.std || 0);
  return [...numbers]
    .sort((a, b) => weight(b) - weight(a) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/**
 * Prepares a layer for the figure.
 *
 * @param numbers the channels in the figure
 * @param shrink at 1/n size
 * @param precision letters of a value for the pointer; 0 for no values
 * @param note says which channels are left out
 */
export function explorerLayer(
  activation: Activation,
  name: string,
  colors: string,
  {
    numbers,
    shrink,
    precision,
    note,
  }: { numbers: number[]; shrink: number; precision: Precision | 0; note: string },
  { scale = 'minmax' }: { scale?: Scale },
): ExplorerLayer {
  const { height, width } = layout(activation);
  const { across, thumb } = thumbsOf(numbers.length);
  const grid = displayGrid(activation, { imagesPerRow: across, scale, channels: numbers });
  const shown = shrinkGrid(grid, shrink);
  const png = rasterPng(shown, colors, NOT_FINITE);
  const ends = grid.tiles.map((tile) => range(scale, tile));
  const bars = ends.map(([low, high]) => {
    if (!(Number.isFinite(low) && Number.isFinite(high))) return { low: '', middle: '', high: '', power: '' };
    const { text, power } = numbersBetween(low, high, 3);
    return { low: text(low), middle: text((low + high) / 2), high: text(high), power };
  });
  return {
    name,
    numbers,
    height,
    width,
    across,
    down: grid.rows,
    thumb,
    head: base64(png.subarray(0, PALETTE_END)),
    body: base64(png.subarray(PALETTE_END)),
    palette: !shown.notFinite,
    lows: bars.map(({ low }) => low),
    middles: bars.map(({ middle }) => middle),
    highs: bars.map(({ high }) => high),
    ...(bars.some(({ power }) => power) && { powers: bars.map(({ power }) => power) }),
    dead: grid.tiles.map(({ dead }) => dead),
    values: precision
      ? grid.tiles.map((tile) => encodeValues(featureMap(activation, tile.channel).data, tile, precision))
      : [],
    varied: positionOfMostVaried(grid.tiles),
    texts: textsOf(grid, shrink),
    note,
  };
}

/** The channel with the largest standard deviation. @param index which picture of a batch; of several, the first */
export function mostVariedChannel(activation: Activation, index?: number | readonly number[]): number {
  return positionOfMostVaried(
    channelStats(activation, { index: typeof index === 'object' ? index[0] : index }),
  );
}

/** The position of the largest standard deviation; a channel without finite values has none. */
function positionOfMostVaried(tiles: readonly { std: number }[]): number {
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
