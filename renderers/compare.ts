import { checkKinds } from '../src/check-kinds';
import { type Activation, activationList, featureMap, onePicture } from '../src/maps/activation';
import { rasterOf } from '../src/maps/grid';
import { range, type Scale } from '../src/maps/scale';
import { stats } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { Figure } from './figure';
import { imageLayer, ONE_MAP } from './matshow';
import { rasterPng } from './png/raster';
import { scaleBar } from './scale-bar';
import type { Spec } from './spec';
import { NOT_FINITE, oddities, rangeWords, SCHEMA, THEME } from './theme';

/** Options of `compare`. */
export interface CompareOptions {
  /** Which channel of each, 0 … channels − 1. Default 0. */
  channel?: number;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** The common scale. Default 'minmax' over all maps. */
  scale?: Scale;
  /** The title of each map. Default: the layers' names. */
  titles?: readonly string[];
  /** Default: the first layer's name and the channel. */
  title?: string;
}

/** Side of a map in CSS pixels. */
const SIDE = 300;

/**
 * The same channel of several activations side by side on one scale, so that equal colours are equal numbers:
 * two pictures through one model, or one picture through two.
 *
 * @param activations two or more
 * @param options which channel, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for fewer than two activations, or a channel, index, scale or colour map that does not exist
 * @example
 * show(compareFigure([activations[0], activations[1]], { channel: 3 }));
 */
export function compareFigure(activations: readonly Activation[], options: CompareOptions = {}): Figure {
  checkKinds('compare', options, { ...ONE_MAP, titles: 'list' });
  const all = activationList('compare', activations);
  const { channel = 0, cmap = 'viridis', scale = 'minmax' } = options;
  if (all.length < 2) {
    throw new RangeError(`Cannot compare ${all.length}: pass two activations or more.`);
  }
  const maps = all.map((activation) =>
    featureMap(activation, channel, onePicture(activation, options.index)),
  );
  const together = stats(maps.flatMap(({ data }) => Array.from(data)));
  const [low, high] = range(scale, together);
  const flat = !(low < high);
  const colors = colormap(cmap);
  const panels = maps.map((map, i) => {
    const own = stats(map.data);
    const zoom = Math.max(1, Math.floor(SIDE / Math.max(map.height, map.width)));
    const size = { height: map.height === 1 ? 40 : zoom * map.height, width: zoom * map.width };
    const words = [rangeWords(own), ...oddities(own)].join(' · ');
    return {
      text: `${options.titles?.[i] ?? all[i]!.layer}: ${words}`,
      panel: {
        ...size,
        title: { text: options.titles?.[i] ?? all[i]!.layer, subtitle: words, fontSize: 12 },
        ...imageLayer(rasterPng(rasterOf(map, [low, high], own), colors, NOT_FINITE), map, size),
      },
    };
  });
  const title = options.title ?? `${all[0]!.layer} · channel ${channel}, on one scale`;
  const spec: Spec = {
    $schema: SCHEMA,
    config: THEME,
    title,
    params: [{ name: 'colors', value: colors }],
    spacing: 16,
    hconcat: [...panels.map(({ panel }) => panel), ...(flat ? [] : [scaleBar([low, high], SIDE)])],
  };
  return new Figure(spec, [title, ...panels.map(({ text }) => text)].join('; '));
}
