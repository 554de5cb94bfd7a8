import type { AtlasChannel } from '../src/maps/atlas-channel';
import type { Pixels } from '../src/pictures/pixels';
import { deadTiles } from './dead';
import { Figure } from './figure';
import { type PatchTile, patchPart, patchTiles } from './patch-tiles';
import { percent, some, specOf, WIDE } from './theme';
import { wrappedTiles } from './wrapped-tiles';

/** A channel, and the picture of its largest value; none for a dead one. */
export interface ChannelTile {
  channel: AtlasChannel;
  picture?: Pixels;
}

/** CSS pixels. */
const GAP = 8;
const LABEL = 20;
const COLUMNS = 8;

/**
 * What a layer's channels respond to: of each the patch of its largest value, its number, and in how many pictures it fires.
 *
 * @param all how many channels the layer has
 */
export function drawAtlasLayer(
  layer: string,
  tiles: readonly ChannelTile[],
  all: number,
  title = `${layer} · what its channels respond to`,
): Figure {
  const columns = Math.min(COLUMNS, Math.max(4, tiles.length));
  const side = Math.floor((WIDE - GAP * (columns - 1)) / columns);
  const placed = tiles.map(({ channel, picture }, at): PatchTile & { dead: boolean } => {
    const [patch] = channel.patches;
    const tile = { at, left: 0, top: 0, right: 1, bottom: 1, label: String(channel.channel) };
    if (channel.dead || !patch || !picture) return { ...tile, url: null, note: 'dead', dead: true };
    return { ...tile, url: patchPart(patch, picture).url, note: percent(channel.fires), dead: false };
  });
  const wrapped = wrappedTiles({ columns, side, gap: GAP, label: LABEL });
  const dead = some(
    'dead over all pictures',
    tiles.filter(({ channel }) => channel.dead).map(({ channel }) => channel.channel),
    tiles.length,
  );
  const caption = [
    tiles.length < all
      ? `the ${tiles.length} most varied of ${all} channels`
      : `${all} ${all === 1 ? 'channel' : 'channels'}`,
    'of each the place of its largest value, its number, and in how many pictures it fires',
  ];
  const spec = specOf(title, [...caption, ...(dead ? [dead.short] : [])], WIDE, {
    params: wrapped.params,
    // Its marks have its size.
    width: 1,
    height: 1,
    layer: [
      ...patchTiles(
        placed.map(({ dead, ...tile }) => tile),
        wrapped,
      ),
      deadTiles({ data: { values: placed.filter((tile) => tile.dead) } }, wrapped.box),
    ],
  });
  return new Figure(spec, [title, ...caption, ...(dead ? [dead.all] : [])].join('; '), { exact: 'all' });
}
