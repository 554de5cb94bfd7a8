import { checkKinds } from '../src/checks/check-kinds';
import {
  type Activation,
  activationList,
  featureMap,
  layout,
  onePicture,
  uniqueNames,
} from '../src/maps/activation';
import { fieldOf, type MapField } from '../src/maps/map-field';
import type { Scale } from '../src/maps/scale';
import type { Pixels } from '../src/pictures/pixels';
import { base64 } from './base64';
import { spreadOut } from './cell-values';
import { explanationTitle } from './class-heatmap';
import type { ColormapName } from './colormap';
import { channelSlider, MOVES, PLACE_OF_THUMB, THUMBS, thumbnails } from './explore-controls';
import type { ExplorerLayer } from './explore-layer';
import { explorerLayers, MANY } from './explore-layers';
import { explorerPanels, pointedText } from './explore-panels';
import { Figure } from './figure';
import { checkPicture, pictureData } from './picture';
import type { LiveSource } from './platform';
import { alphaChunk } from './png/encode';
import { alphasOf, hexNumber } from './png/raster';
import { overMarks, wrapped } from './pointer';
import { BAR } from './scale-bar';
import type { Spec } from './spec';
import { still } from './still';
import { FRAME, inRoom, NARROW, specOf, WIDE } from './theme';

/** Options of `exploreFigure`. */
export interface ExploreOptions {
  /** The network's input: shown beside the map, and under it in a third panel. */
  picture?: Pixels;
  /** Name of the layer shown first. Default: the first layer. */
  layer?: string;
  /** Number of the channel shown first. Default: the most varied of the layer shown first. */
  channel?: number;
  /** Channels of each layer to include. Default: all, or the most varied of each layer where all would not fit. */
  channels?: readonly number[];
  /** Initial opacity of the map's largest value over the picture, 0..1; smaller values are fainter. Default 0.8. */
  opacity?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** How each channel's values become colours. Default 'minmax'. */
  scale?: Scale;
  /** What `receptiveFields` returns: the square of the picture that the position under the pointer sees is framed. */
  fields?: Readonly<Record<string, MapField>>;
  /** Which picture of a batch, or several, each with an entry in the menu. Needed when there are several. */
  index?: number | readonly number[];
  /** What `loadModel` returns, for `save('explore.html', { live: true })`: a page in which readers run the model. */
  model?: object;
  /** Names of the model's classes, for that page: a list in the order of training, or Keras's `class_indices`. */
  labels?: readonly string[] | Readonly<Record<string, unknown>>;
}

/** The options of `exploreFigure`, and what each is. */
export const EXPLORE_OPTIONS = {
  picture: 'picture',
  layer: 'string',
  channel: 'number',
  channels: 'list',
  opacity: 'number',
  cmap: 'string',
  scale: 'scale',
  fields: 'any',
  index: 'any',
  model: 'any',
  labels: 'any',
} as const;

/** Side of a panel, in CSS pixels: three of them, or one. */
const SIDE = { three: 216, one: 432 };

/** What stands to the right of a map, in CSS pixels. */
const ASIDE = BAR + 16;

/** The least height of a map, in CSS pixels: of one row of values. */
const LOWEST = 40;

/**
 * Layers and channels behind a menu and sliders. It works in a notebook without a kernel and without trust, since all
 * maps are in the figure: each layer is one palette PNG, moved so that one tile is visible. A click on a thumbnail shows
 * its channel. Where not all maps fit, the figure holds the most varied channels of each layer, and says so.
 *
 * @param activations what `predict` returns, or one of it
 * @param options what is shown first, and how
 * @returns the figure
 * @throws {RangeError} for no activations, or a layer, channel, scale or colour map that does not exist
 * @example
 * await exploreFigure(activations, { picture: img }).save('layers.html');
 * @example
 * // A page in which readers give the model their own pictures.
 * await exploreFigure(activations, { model, picture: img }).save('live.html', { live: true });
 */
export function exploreFigure(
  activations: Activation | readonly Activation[],
  options: ExploreOptions = {},
): Figure {
  checkKinds('explore', options, EXPLORE_OPTIONS);
  return explorer(activations, options, true);
}

/** One channel as `exploreFigure` draws it, for a kernel that draws each on request: nothing to choose from. */
export function explorerOfOne(activation: Activation, options: ExploreOptions & { channel: number }): Figure {
  return explorer(activation, { ...options, channels: [options.channel] }, false);
}

function explorer(
  activations: Activation | readonly Activation[],
  options: ExploreOptions,
  interactive: boolean,
): Figure {
  const all = activationList('explore', activations)
    .flatMap((one) => picturesOf(one, options.index))
    .map((one) => ({ ...one, layer: explanationTitle(one) ?? one.layer }));
  if (all.length === 0)
    throw new RangeError('Cannot explore: there are no activations. Pass what predict returns.');
  const { picture, layer = all[0]!.layer, opacity = 0.8, cmap = 'viridis' } = options;
  const names = uniqueNames(all);
  if (!names.includes(layer)) {
    throw new RangeError(
      `Cannot explore ${layer}: there is no such layer here. There are ${names.join(', ')}.`,
    );
  }
  if (picture) checkPicture(picture);
  const side = picture ? SIDE.three : SIDE.one;
  const { layers, precision, still: inPicture } = explorerLayers(all, names, side, options);
  const first = layers[names.indexOf(layer)]!;
  const { channel = first.numbers[first.varied]! } = options;
  const position = first.numbers.indexOf(channel);
  if (position < 0) throw noChannel(channel, layer, first, options);
  const most = Math.max(...layers.map(({ numbers }) => numbers.length));
  const notes = layers.some(({ note }) => note);
  const highest = Math.max(...layers.map((one) => Math.min(1, one.height / one.width)));
  // Vega sets the name right before its control.
  const bind = (name: string, input: object) =>
    interactive ? { bind: { name: `${name}\u2002`, ...input } } : {};
  const pointed = pointedText(precision);
  const spec = specOf(
    { expr: `isPhone ? ${inRoom('here.name', 'room', 9)} : here.name` },
    {
      expr: `split(${CAPTION}${notes ? [0, 1, 2].map((line) => ` + '\\n' + (${noteLine(line)})`).join('') : ''}, '\\n')`,
    },
    picture || (interactive && most > 1) ? WIDE : NARROW,
    {
      ...(picture && { datasets: { picture: pictureData(picture).values } }),
      params: [
        {
          name: 'layer',
          value: layer,
          ...(names.length > 1 &&
            bind('layer', {
              input: 'select',
              options: names,
              labels: all.map((one, i) => labelOf(one, names[i]!)),
            })),
        },
        {
          name: 'channel',
          value: position,
          // A box, since arrow keys move it in JupyterLab too, which takes those of a slider. Where not all channels are in the
          // figure, it counts those that are.
          ...(most > 1 &&
            bind(notes ? 'map' : 'channel', { input: 'number', min: 0, max: most - 1, step: 1 })),
          ...(most > 1 && interactive && { on: MOVES }),
        },
        ...(picture
          ? [
              {
                name: 'opacity',
                value: opacity,
                ...bind('opacity', { input: 'range', min: 0, max: 1, step: 0.05 }),
              },
            ]
          : []),
        { name: 'layers', value: layers },
        ...(picture
          ? [{ name: 'fields', value: names.map((name) => fieldOf(options.fields, name) ?? null) }]
          : []),
        { name: 'names', value: names },
        { name: 'here', expr: 'layers[indexof(names, layer)]' },
        ...(picture ? [{ name: 'field', expr: 'fields[indexof(names, layer)]' }] : []),
        { name: 'last', expr: 'here.numbers.length - 1' },
        // The box holds a text.
        { name: 'shown', expr: 'clamp(round(toNumber(channel)), 0, last)' },
        ...THUMBS,
        // A page has a slider of its own.
        ...(most > 1 && interactive ? [{ name: 'hasSlider', value: true }] : []),
        { name: 'panelWidth', expr: picture ? `${side}` : `min(${side}, room - ${ASIDE})` },
        ...(picture ? [] : [{ name: 'panelHeight', expr: `max(${LOWEST}, panelWidth * ${highest})` }]),
        { name: 'shownWidth', expr: 'panelWidth * min(1, here.width / here.height)' },
        { name: 'shownHeight', expr: `max(${LOWEST}, panelWidth * min(1, here.height / here.width))` },
        { name: 'url', expr: `'${PNG_URL}' + here.head + here.body` },
        {
          name: 'sheet',
          expr: 'merge(here, {at: shown})',
        },
        { name: 'isSmooth', value: true },
        { name: 'mapUrl', expr: `'${PNG_URL}' + sheet.head + sheet.body` },
        ...(picture ? [{ name: 'veil', expr: veilOf(options.scale) }] : []),
        ...(precision ? [{ name: 'cells', expr: spreadOut('here.values[shown].letters', precision) }] : []),
        overMarks('spot', 'target', '[y(group()) / shownHeight, x(group()) / shownWidth]'),
        ...pointed.params,
        overMarks('thumb', 'thumbs', PLACE_OF_THUMB),
      ],
      spacing: 14,
      vconcat: [
        explorerPanels(
          { width: side, height: side },
          cmap,
          pointed.text,
          layers.some(({ powers }) => powers),
          picture,
        ),
        ...(interactive && most > 1 ? [{ spacing: 6, vconcat: [channelSlider(), thumbnails(layers)] }] : []),
      ],
    },
  );
  const text = `${names.length} ${names.length === 1 ? 'layer' : 'layers'} to explore: ${layers.map(({ name, numbers }) => `${name} (${numbers.length})`).join(', ')}; shown ${layer}, channel ${channel}: ${first.texts[position]}`;
  return new Figure(spec, text, {
    drawing: drawingOf(still(spec), inPicture(names.indexOf(layer), channel)),
    live: liveSource(all, { ...options, layer, channel, opacity, cmap }),
    exact: picture ? 'all' : new Set([hexNumber(FRAME)]),
  });
}

/**
 * The spec with a raster of its own for the channel that it shows: node-canvas draws nothing at all where an image has
 * more than 32,767 pixels, as the raster of many channels has at the size of a panel.
 */
function drawingOf(spec: Spec, { shown, thumbs }: { shown: ExplorerLayer; thumbs: ExplorerLayer }): Spec {
  const { head, body, palette } = shown;
  const values: Record<string, unknown> = {
    sheet: { head, body, palette, across: 1, down: 1, at: 0 },
    url: PNG_URL + thumbs.head + thumbs.body,
    isSmooth: thumbs.numbers.length <= MANY,
  };
  const params = spec['params'] as { name: string }[];
  return {
    ...spec,
    params: params.map((one) => (one.name in values ? { name: one.name, value: values[one.name] } : one)),
  };
}

/** What a live page needs; nothing without a model and a picture. */
function liveSource(
  activations: readonly Activation[],
  { model, picture, labels, layer, channel, opacity, cmap, scale = 'minmax' }: ExploreOptions,
): LiveSource | undefined {
  if (!model || !picture) return undefined;
  return {
    ...{ model, picture, activations, scale },
    ...(labels && { labels }),
    ...{ layer: layer!, channel: channel!, opacity: opacity!, cmap: cmap! },
  };
}

/** What is shown, in one line; on a phone range and counts have lines of their own. */
const CAPTION = `(isPhone ? ${wrapped("'channel ' + here.numbers[shown] + ' · ' + replace(here.texts[shown], ' · ', '\\n')", 'room', 6.7)} : 'channel ' + here.numbers[shown] + ' · ' + here.texts[shown])`;

/** A line of a layer's note, which has one line in a wide figure. */
const noteLine = (line: number) =>
  `(isStacked ? split(here.note, '; ')[${line}] : ${line === 0 ? 'here.note' : "''"}) || ' '`;

const PNG_URL = 'data:image/png;base64,';

/** An activation as one of a single picture; of several pictures, one for each with the picture's number in its name. */
function picturesOf(activation: Activation, index: ExploreOptions['index']): Activation[] {
  const { batch } = layout(activation);
  const wanted = Array.isArray(index) ? (index as number[]) : [onePicture(activation, index as number)];
  const size = activation.data.length / batch;
  return wanted.map((picture) => {
    // Refuses a picture that is not there.
    featureMap(activation, 0, picture);
    const name = Array.isArray(index) ? `${activation.layer} · picture ${picture}` : activation.layer;
    const data = activation.data.subarray(picture * size, (picture + 1) * size);
    return { ...activation, layer: name, shape: [1, ...activation.shape.slice(1)], data };
  });
}

/**
 * An expression for the layer's raster with transparent colours, made of the same letters as the opaque one: a chunk
 * of transparency between the palette and the pixels.
 */
function veilOf(scale: Scale = 'minmax'): string {
  const ends =
    scale === 'symmetric' ? ([-1, 1] as const) : typeof scale === 'string' ? ([0, 1] as const) : scale;
  // The last colour is opaque anyway; without it, the chunk has a whole number of base64's groups of three bytes.
  const chunk = base64(alphaChunk(alphasOf(ends).subarray(0, 255)));
  return `'${PNG_URL}' + sheet.head + (sheet.palette ? '${chunk}' : '') + sheet.body`;
}

/** A layer in the menu: its name, its class and its shape. */
function labelOf(activation: Activation, name: string): string {
  return [name, ...(activation.type ? [activation.type] : []), activation.shape.slice(1).join(' × ')].join(
    ' · ',
  );
}

function noChannel(channel: number, layer: string, { numbers }: ExplorerLayer, { channels }: ExploreOptions) {
  const why = channels
    ? 'it is not among `channels`'
    : `choose a whole number from 0 to ${numbers.length - 1}`;
  return new RangeError(`Cannot explore channel ${channel} of ${layer}: ${why}.`);
}
