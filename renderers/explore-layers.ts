import { type Activation, featureMap, layout } from '../src/maps/activation';
import type { Scale } from '../src/maps/scale';
import { type Precision, precisionFor } from './cell-values';
import { type ColormapName, colormap } from './colormap';
import { chosenChannels, type ExplorerLayer, explorerLayer, mostVaried } from './explore-layer';

/**
 * Bytes that all layers together may take, so that a notebook with the figure's picture stays below 3 MB: maps of noise
 * take four letters for three values, and texts and ends of scales about 90 letters a channel.
 */
const BUDGET = 2_000_000;
const LETTERS_PER_VALUE = 4 / 3;
const LETTERS_PER_CHANNEL = 90;

/** Thumbnails of more channels have one value a pixel in the picture. */
export const MANY = 128;

/** What decides which channels a figure holds, and how they look; as `exploreFigure` takes it. */
interface Wanted {
  layer?: string;
  channel?: number;
  channels?: readonly number[];
  cmap?: ColormapName;
  scale?: Scale;
}

/**
 * All layers with their rasters, and letters of a value for the pointer. Where not all channels fit, the most varied of
 * each layer.
 *
 * @param side of a panel in CSS pixels
 * @returns the layers, and for the still picture one channel of a layer, and its thumbnails, of which a picture has no more
 *   values than it shows
 */
export function explorerLayers(
  all: readonly Activation[],
  names: readonly string[],
  side: number,
  options: Wanted,
): {
  layers: ExplorerLayer[];
  precision: Precision | 0;
  still: (at: number, channel: number) => { shown: ExplorerLayer; thumbs: ExplorerLayer };
} {
  const colors = colormap(options.cmap ?? 'viridis');
  const wanted = all.map((activation, i) => chosenChannels(activation, names[i]!, options.channels));
  const sizes = all.map((activation) => {
    const { height, width } = layout(activation);
    // A map with more values than the panel has pixels is shown smaller; a strip is not.
    const shrink = height === 1 ? 1 : Math.max(1, Math.ceil(Math.max(height, width) / (2 * side)));
    return { shrink, values: Math.ceil(height / shrink) * Math.ceil(width / shrink) };
  });
  const total = (most: number) =>
    wanted.reduce(
      (sum, { length }, i) =>
        sum + Math.min(length, most) * (LETTERS_PER_VALUE * sizes[i]!.values + LETTERS_PER_CHANNEL),
      0,
    );
  const longest = Math.max(...wanted.map(({ length }) => length));
  let most = longest;
  while (most > 1 && total(most) > BUDGET) most = Math.floor(most * 0.8);
  const kept = wanted.map((numbers, i) => {
    const own = names[i] === (options.layer ?? names[0]) ? options.channel : undefined;
    return mostVaried(all[i]!, numbers, most, own);
  });
  const precision = precisionFor(mapsOf(all, kept));
  const layers = all.map((activation, i) =>
    explorerLayer(
      activation,
      names[i]!,
      colors,
      {
        numbers: kept[i]!,
        shrink: sizes[i]!.shrink,
        precision,
        note: kept[i]!.length < wanted[i]!.length ? leftOut(kept[i]!.length, wanted[i]!.length) : '',
      },
      options,
    ),
  );
  const inPicture = (at: number, numbers: number[], shrink: number) =>
    explorerLayer(all[at]!, names[at]!, colors, { numbers, shrink, precision: 0, note: '' }, options);
  const still = (at: number, channel: number) => {
    const { height, width, thumb, numbers } = layers[at]!;
    const { shrink } = sizes[at]!;
    const small = numbers.length > MANY ? Math.ceil(Math.max(height, width) / thumb) : 1;
    return {
      shown: inPicture(at, [channel], shrink),
      thumbs: small > shrink ? inPicture(at, numbers, small) : layers[at]!,
    };
  };
  return { layers, precision, still };
}

function* mapsOf(all: readonly Activation[], kept: readonly number[][]) {
  for (const [i, activation] of all.entries()) {
    for (const channel of kept[i]!) yield featureMap(activation, channel).data;
  }
}

const leftOut = (kept: number, count: number) =>
  `the ${kept} most varied of ${count} channels, since not all maps fit; all of them: explore(…, { live: true })`;
