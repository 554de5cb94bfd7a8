import { type Activation, featureMap, layout } from '../src/maps/activation';
import type { Scale } from '../src/maps/scale';
import { type Precision, precisionFor } from './cell-values';
import { type ColormapName, colormap } from './colormap';
import { chosenChannels, type ExplorerLayer, explorerLayer, mostVaried } from './explore-layer';

/** Values that all layers together may hold: about 2 MB. */
const BUDGET = 1_600_000;

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
 */
export function explorerLayers(
  all: readonly Activation[],
  names: readonly string[],
  side: number,
  options: Wanted,
): { layers: ExplorerLayer[]; precision: Precision | 0 } {
  const colors = colormap(options.cmap ?? 'viridis');
  const wanted = all.map((activation, i) => chosenChannels(activation, names[i]!, options.channels));
  const sizes = all.map((activation) => {
    const { height, width } = layout(activation);
    // A map with more values than the panel has pixels is shown smaller; a strip is not.
    const shrink = height === 1 ? 1 : Math.max(1, Math.ceil(Math.max(height, width) / (2 * side)));
    return { shrink, values: Math.ceil(height / shrink) * Math.ceil(width / shrink) };
  });
  const total = (most: number) =>
    wanted.reduce((sum, { length }, i) => sum + Math.min(length, most) * sizes[i]!.values, 0);
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
  return { layers, precision };
}

function* mapsOf(all: readonly Activation[], kept: readonly number[][]) {
  for (const [i, activation] of all.entries()) {
    for (const channel of kept[i]!) yield featureMap(activation, channel).data;
  }
}

const leftOut = (kept: number, count: number) =>
  `the ${kept} most varied of ${count} channels, since not all maps fit; all of them: explore(…, { live: true })`;
