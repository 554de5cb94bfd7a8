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
import { oneStep, sizeBySignals } from './picture-panel';
import { rasterPng } from './png/raster';
import { overMarks, readout, spotIn, target, valuesAt } from './pointer';
import { BAR, BAR_GAP, uprightBar } from './scale-bar';
import { DEAD, ink, inRoom, NOT_FINITE, oddities, PAIR, rangeWords, specOf, WIDE } from './theme';
import { fixedText, textLiteral } from './vega-text';

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

/** Between panels, in CSS pixels. */
const GAP = 16;

/** The widest map, in CSS pixels. */
const WIDEST = 300;

/** CSS pixels of a letter of a map's title, at most. */
const TITLE = 8.5;

/** One of the maps. */
interface Panel {
  name: string;
  layer: string;
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
  const across = Math.min(apart ? 2 : 3, panels.length);
  const aside = BAR + BAR_GAP;
  const [inAll, bars] = apart ? [across + 1, 2] : [across, 1];
  const side = Math.min(WIDEST, Math.floor((WIDE - aside * bars - GAP * (inAll - 1)) / inAll));
  const title = options.title ?? titleOf(panels, options);
  const drawn = panels.map((panel, i) => panelOf(panel, ends, cmap, side, `${i}`));
  const last = apart && panelOf(apart.panel, apart.ends, 'RdBu_r', side, 'difference');
  const height = Math.max(...drawn.map(({ size }) => size.height));
  const maps = last ? [...drawn, last] : drawn;
  const spec = specOf(title, ['all on one scale: equal colours are equal numbers'], WIDE, {
    params: [
      {
        name: 'inRow',
        expr: `room >= ${WIDE} ? ${across} : room >= ${PAIR} ? ${Math.min(2, panels.length)} : 1`,
      },
      // Where panels and their bar have less room than they want.
      {
        name: 'fit',
        expr: `room >= ${WIDE} ? 1 : min(1, (room - ${aside} - ${GAP} * (inRow - 1)) / (inRow * ${side}))`,
      },
      ...maps.flatMap(({ params }) => params),
      spotOf(maps),
    ],
    columns: { signal: `room >= ${WIDE} ? 2 : 1` },
    spacing: GAP,
    concat: [
      withBar(
        { columns: { signal: 'inRow' }, spacing: GAP, concat: drawn.map(({ view }) => view) },
        !flat && barFor(ends, height, cmap),
      ),
      ...(last && apart
        ? [withBar(last.view, !apart.flat && barFor(apart.ends, last.size.height, 'RdBu_r'))]
        : []),
    ],
  });
  return new Figure(spec, [title, ...maps.map(({ text }) => text)].join('; '));
}

const barFor = (ends: readonly [number, number], height: number, cmap: ColormapName) =>
  uprightBar(ends, height, cmap, `${height} * fit`);

/** Maps, and the bar beside the first of them. */
const withBar = (view: object, bar: object | false) =>
  bar ? { spacing: BAR_GAP, hconcat: [view, bar] } : view;

/** Under the pointer each map tells its value at the same place. */
function spotOf(maps: readonly { target: string; size: { width: number; height: number } }[]) {
  const all = maps.map(({ target, size }) =>
    overMarks('spot', target, spotIn({ height: `(${size.height} * fit)`, width: `(${size.width} * fit)` })),
  );
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
    return { name: titles?.[i] ?? parts.join(' · '), layer: activation.layer, map, summary: stats(map.data) };
  });
}

function titleOf(panels: readonly Panel[], { channel = 0, titles }: CompareOptions): string {
  const listed = (words: readonly (string | number)[]) =>
    [...new Set(words)].join(', ').replace(/, ([^,]*)$/, ' and $1');
  const channels = [channel].flat() as number[];
  const of = `channel${new Set(channels).size > 1 ? 's' : ''} ${listed(channels)}`;
  const layers = panels.map(({ name, layer }) => (titles ? name : layer));
  return `${of} of ${listed(layers)}`;
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
  const [width, height] = [`round(${size.width} * fit)`, `round(${size.height} * fit)`];
  const drawn = { width: { expr: width }, height: { expr: height } };
  return {
    params,
    size,
    target: marks,
    text: `${name}: ${words}`,
    view: {
      ...sizeBySignals(width, height),
      title: {
        text:
          name.length * TITLE > side / 2
            ? { expr: inRoom(textLiteral(name), `${side} * fit`, TITLE) }
            : fixedText(name),
        subtitle: words,
        fontSize: 12,
        subtitleFontSize: 10,
        offset: 6,
        color: ink('ink'),
        subtitleColor: ink('muted'),
        limit: { expr: `${side} * fit` },
      },
      layer: [
        oneStep(),
        imageAtCorner({ values: [{ url: dataUrl(rasterPng(raster, colors, NOT_FINITE)) }] }, drawn),
        ...(summary.dead ? crossOver({ width, height }) : []),
        target(marks, drawn),
        readout(text, drawn),
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
    panel: { name: 'first − second', layer: a!.layer, map: { ...a!.map, data }, summary },
    ends: [-most, most],
    flat: !(most > 0),
  };
}
