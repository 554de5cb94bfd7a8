import { checkKinds } from '../src/checks/check-kinds';
import {
  type Activation,
  activationList,
  type FeatureMap,
  featureMap,
  onePicture,
} from '../src/maps/activation';
import { rasterOf } from '../src/maps/grid';
import type { Scale } from '../src/maps/scale';
import { type Stats, stats } from '../src/maps/stats';
import { type ColormapName, colormap } from './colormap';
import { crossOver } from './dead';
import { Figure } from './figure';
import { colorsAndEnds } from './heatmap';
import { dataUrl, imageAtCorner } from './picture';
import { rasterPng } from './png/raster';
import { overMarks, readout, spotIn, target, valuesAt } from './pointer';
import { BAR, uprightBar } from './scale-bar';
import { DEAD, ink, NOT_FINITE, oddities, panelsInRow, rangeWords, specOf, WIDE } from './theme';
import { fixedText } from './vega-text';

/** Options of `compare`. */
export interface CompareOptions {
  /** Which channel of each, 0 … channels − 1; or a list, one for each map: two channels of one layer. Default 0. */
  channel?: number | readonly number[];
  /** Which picture of a batch; or a list, one for each map: two pictures of a batch. Needed when there are several. */
  index?: number | readonly number[];
  /** Colour map, one of matplotlib's. Default 'viridis'; 'RdBu_r' for values on both sides of 0. */
  cmap?: ColormapName;
  /** The common scale. Default 'minmax' over all maps; 'symmetric' for values on both sides of 0. */
  scale?: Scale;
  /** The title of each map. Default: the layers' names. */
  titles?: readonly string[];
  /** Adds a map of the first minus the second, with 0 in the middle of its own scale. Needs two maps of one size. */
  difference?: boolean;
  /** Default: what the maps have in common. */
  title?: string;
}

/** The options of `compareFigure`, and what each is; `channel` and `index` are checked with the maps. */
const OPTIONS = {
  channel: 'any',
  index: 'any',
  cmap: 'string',
  scale: 'scale',
  titles: 'list',
  difference: 'boolean',
  title: 'string',
} as const;

/** The widest map, in CSS pixels. */
const WIDEST = 300;

/** One of the maps. */
interface Panel {
  name: string;
  map: FeatureMap;
  summary: Stats;
}

/**
 * Several maps side by side on one scale, so that equal colours are equal numbers: two pictures through one model, one
 * picture through two, two channels of one layer, two pictures of a batch. One activation is enough where `channel` or
 * `index` is a list.
 *
 * @param activations two or more, or one with a list of channels or indices
 * @param options which channel, on which scale, in which colours
 * @returns the figure
 * @throws {RangeError} for fewer than two maps, or a channel, index, scale or colour map that does not exist
 * @example
 * show(compareFigure([activations[0], activations[1]], { channel: 3 }));
 * @example
 * show(compareFigure(activations[4], { channel: [3, 20] }));
 */
export function compareFigure(
  activations: Activation | readonly Activation[],
  options: CompareOptions = {},
): Figure {
  checkKinds('compare', options, OPTIONS);
  const panels = panelsOf(activationList('compare', activations), options);
  const all = stats(panels.flatMap(({ map }) => Array.from(map.data)));
  const { cmap, ends } = colorsAndEnds(all, options);
  const flat = !(ends[0] < ends[1]);
  const apart = options.difference ? difference(panels) : undefined;
  const shown = panels.length + (apart ? 1 : 0);
  const bars = apart ? 2 : 1;
  const across = Math.min(3, shown);
  const side = Math.min(WIDEST, Math.floor((WIDE - (BAR + 16) * bars - 16 * (across - 1)) / across));
  const title = options.title ?? titleOf(panels, options);
  const drawn = panels.map((panel, i) => panelOf(panel, ends, cmap, side, `${i}`));
  const last = apart && panelOf(apart.panel, apart.ends, 'RdBu_r', side, 'difference');
  const height = Math.max(...drawn.map(({ height }) => height));
  const maps = last ? [...drawn, last] : drawn;
  const spec = specOf(title, ['all on one scale: equal colours are equal numbers'], WIDE, {
    params: [...maps.flatMap(({ params }) => params), spotOf(maps)],
    columns: panelsInRow(3 + (flat ? 0 : 1) + (last ? 2 : 0), 2, side),
    concat: [
      ...drawn.map(({ view }) => view),
      ...(flat ? [] : [uprightBar(ends, height, cmap)]),
      ...(last && apart
        ? [last.view, ...(apart.flat ? [] : [uprightBar(apart.ends, last.height, 'RdBu_r')])]
        : []),
    ],
  });
  return new Figure(spec, [title, ...maps.map(({ text }) => text)].join('; '));
}

/** Under the pointer each map tells its value at the same place. */
function spotOf(maps: readonly { target: string; size: { width: number; height: number } }[]) {
  const all = maps.map(({ target, size }) => overMarks('spot', target, spotIn(size)));
  return { ...all[0]!, on: all.flatMap(({ on }) => on) };
}

function panelsOf(
  activations: readonly Activation[],
  { channel = 0, index, titles }: CompareOptions,
): Panel[] {
  const lists = [channel, index].flatMap((choice) => (Array.isArray(choice) ? [choice.length] : []));
  const count = activations.length === 1 ? Math.max(1, ...lists) : activations.length;
  if (count < 2) {
    throw new RangeError(
      'Cannot compare one map: pass two activations or more, or a list of channels or indices, such as { channel: [3, 20] }.',
    );
  }
  const wrong = lists.find((length) => length !== count);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot compare: there are ${count} maps and a list of ${wrong}. Give one for each map.`,
    );
  }
  const one = <T>(choice: T | readonly T[], i: number) =>
    Array.isArray(choice) ? (choice[i] as T) : (choice as T);
  return Array.from({ length: count }, (_, i) => {
    const activation = activations[activations.length === 1 ? 0 : i]!;
    const which = one(channel, i);
    const sample = one(index, i);
    const map = featureMap(activation, which, onePicture(activation, sample));
    const parts = [
      activation.layer,
      ...(Array.isArray(channel) ? [`channel ${which}`] : []),
      ...(Array.isArray(index) ? [`picture ${sample}`] : []),
    ];
    return { name: titles?.[i] ?? parts.join(' · '), map, summary: stats(map.data) };
  });
}

function titleOf(panels: readonly Panel[], { channel = 0 }: CompareOptions): string {
  const names = [...new Set(panels.map(({ name }) => name))];
  return Array.isArray(channel) ? names.join(' and ') : `channel ${channel} of ${names.join(', ')}`;
}

function panelOf(
  { name, map, summary }: Panel,
  ends: [number, number],
  cmap: ColormapName,
  side: number,
  id: string,
) {
  const fit = side / Math.max(map.height, map.width);
  const size = {
    width: Math.max(1, Math.round(fit * map.width)),
    height: map.height === 1 ? 40 : Math.max(1, Math.round(fit * map.height)),
  };
  const raster = rasterOf(map, ends, summary);
  const colors = summary.dead ? DEAD.slice(1).repeat(256) : colormap(cmap);
  const words = [rangeWords(summary), ...oddities(summary)].join(' · ');
  const { params, text } = valuesAt(map, summary, 'spot', id);
  const marks = `target${id}`;
  return {
    params,
    height: size.height,
    size,
    target: marks,
    text: `${name}: ${words}`,
    view: {
      ...size,
      title: {
        text: fixedText(name),
        subtitle: words,
        fontSize: 12,
        subtitleFontSize: 10,
        offset: 6,
        color: ink('ink'),
        subtitleColor: ink('muted'),
        limit: side,
      },
      layer: [
        imageAtCorner({ values: [{ url: dataUrl(rasterPng(raster, colors, NOT_FINITE)) }] }, size),
        ...(summary.dead ? crossOver(size) : []),
        target(marks, size),
        readout(text, size),
      ],
    },
  };
}

/** The first map minus the second. */
function difference(panels: readonly Panel[]): { panel: Panel; ends: [number, number]; flat: boolean } {
  const [a, b, ...more] = panels;
  const same = a!.map.height === b!.map.height && a!.map.width === b!.map.width;
  if (more.length || !same) {
    throw new RangeError(
      `Cannot draw a difference: it needs two maps of one size, and there are ${panels.map(({ map }) => `${map.height} × ${map.width}`).join(', ')}.`,
    );
  }
  const data = a!.map.data.map((value, i) => value - b!.map.data[i]!);
  const summary = stats(data);
  const most = Math.max(Math.abs(summary.min), Math.abs(summary.max)) || 0;
  return {
    panel: { name: 'first − second', map: { ...a!.map, data }, summary },
    ends: [-most, most],
    flat: !(most > 0),
  };
}
