import { checkKinds } from '../src/check-kinds';
import { type Activation, activationList, uniqueNames } from '../src/maps/activation';
import type { Scale } from '../src/maps/scale';
import type { Pixels } from '../src/pictures/pixels';
import { type ColormapName, colormap } from './colormap';
import { explorerLayer, SIDE } from './explore-layer';
import { Figure } from './figure';
import { checkPicture, fitted, pictureData, pictureImage } from './picture';
import { scaleBar } from './scale-bar';
import type { Spec } from './spec';
import { DEAD, SCHEMA, THEME } from './theme';

/** Options of `exploreFigure`. */
export interface ExploreOptions {
  /** The network's input: shown beside the map, and under it in a third panel. */
  picture?: Pixels;
  /** Name of the layer shown first. Default: the first layer. */
  layer?: string;
  /** Number of the channel shown first. Default: the most varied of the layer shown first. */
  channel?: number;
  /** Channels of each layer to include. Default: all. */
  channels?: readonly number[];
  /** Initial opacity of the map over the picture, 0..1. Default 0.5. */
  opacity?: number;
  /** Colour map, one of matplotlib's. Default 'viridis'. */
  cmap?: ColormapName;
  /** How each channel's values become colours. Default 'minmax'. */
  scale?: Scale;
  /** Which picture of a batch. Needed when there are several. */
  index?: number;
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
  index: 'number',
} as const;

/** Side of the picture's panel. */
const PICTURE_SIDE = 160;

/**
 * Layers and channels behind a menu and sliders. It works in a notebook without a kernel and without trust, since all
 * maps are in the figure: each layer is one palette PNG, moved so that one tile is visible.
 *
 * @param activations what `predict` returns, or one of it
 * @param options what is shown first, and how
 * @returns the figure
 * @throws {RangeError} for no activations, or a layer, channel, scale or colour map that does not exist
 * @example
 * await exploreFigure(activations, { picture: img }).save('layers.html');
 */
export function exploreFigure(
  activations: Activation | readonly Activation[],
  options: ExploreOptions = {},
): Figure {
  checkKinds('explore', options, EXPLORE_OPTIONS);
  const all = activationList('explore', activations);
  if (all.length === 0)
    throw new RangeError('Cannot explore: there are no activations. Pass what predict returns.');
  const { picture, layer = all[0]!.layer, opacity = 0.5, cmap = 'viridis' } = options;
  const names = uniqueNames(all);
  if (!names.includes(layer)) {
    throw new RangeError(
      `Cannot explore ${layer}: there is no such layer here. There are ${names.join(', ')}.`,
    );
  }
  if (picture) checkPicture(picture);
  const colors = colormap(cmap);
  const layers = all.map((activation, i) =>
    explorerLayer(activation, names[i]!, colors, all.length, options),
  );
  const first = layers[names.indexOf(layer)];
  const { channel = first!.numbers[first!.varied] } = options;
  const position = first!.numbers.indexOf(channel!);
  if (position < 0) {
    throw new RangeError(
      `Cannot explore channel ${channel} of ${layer}: ${options.channels ? 'it is not among `channels`.' : `choose a whole number from 0 to ${first!.numbers.length - 1}.`}`,
    );
  }
  const most = Math.max(...layers.map(({ numbers }) => numbers.length));
  const spec: Spec = {
    $schema: SCHEMA,
    ...(picture && { datasets: { [PICTURE.name]: pictureData(picture).values } }),
    config: { ...THEME, view: { stroke: null } },
    title: {
      text: { expr: "here.name + ' · channel ' + here.numbers[shown]" },
      subtitle: { expr: 'here.texts[shown] + beyond' },
    },
    params: [
      ...(names.length > 1
        ? [{ name: 'layer', value: layer, bind: { input: 'select', options: names } }]
        : [{ name: 'layer', value: layer }]),
      {
        name: 'channel',
        value: position,
        ...(most > 1 && { bind: { input: 'range', min: 0, max: most - 1, step: 1 } }),
      },
      ...(picture
        ? [{ name: 'opacity', value: opacity, bind: { input: 'range', min: 0, max: 1, step: 0.05 } }]
        : []),
      { name: 'colors', value: colors },
      { name: 'layers', value: layers },
      { name: 'here', expr: `layers[indexof(${JSON.stringify(names)}, layer)]` },
      { name: 'shown', expr: 'min(channel, here.numbers.length - 1)' },
      { name: 'beyond', expr: "channel > shown ? ' · this layer ends here' : ''" },
      { name: 'flat', expr: '!(here.lows[shown] < here.highs[shown])' },
      { name: 'low', expr: 'flat ? 0 : here.lows[shown]' },
      { name: 'high', expr: 'flat ? 1 : here.highs[shown]' },
    ],
    spacing: 16,
    hconcat: [
      ...(picture ? [picturePanel(picture)] : []),
      mapPanel(),
      bar(),
      ...(picture ? [overlayPanel(picture)] : []),
    ],
  };
  const text = `${names.length} ${names.length === 1 ? 'layer' : 'layers'} to explore: ${layers.map(({ name, numbers }) => `${name} (${numbers.length})`).join(', ')}; shown ${layer}, channel ${channel}: ${first!.texts[position]}`;
  const inputs = (spec['params'] as { name: string; bind?: object }[]).flatMap(({ name, bind }) =>
    bind ? [name] : [],
  );
  return new Figure(spec, text, { drawing: still(spec, inputs), ...(picture && { exact: 'all' }) });
}

/** The spec of the PNG: where nothing can move, a line says what a reader can change elsewhere. */
function still(spec: Spec, inputs: readonly string[]): Spec {
  if (inputs.length === 0) return spec;
  const line = `Interactive in Jupyter, VS Code and HTML pages: change ${inputs.join(', ')}.`;
  const { title } = spec as unknown as { title: { subtitle: { expr: string } } };
  const subtitle = { expr: `[${title.subtitle.expr}, ${JSON.stringify(line)}]` };
  return { ...spec, title: { ...title, subtitle } };
}

const ONE = { values: [{}] };
/** The picture, shown in two panels. */
const PICTURE = { name: 'picture' };

/** The layer's raster, moved so that the channel's tile is at the panel's corner. */
function tile(width: string, height: string, opacity: string) {
  return {
    data: ONE,
    transform: [{ calculate: 'here.url', as: 'url' }],
    mark: {
      type: 'image',
      clip: true,
      aspect: false,
      smooth: false,
      align: 'left',
      baseline: 'top',
      opacity: { expr: opacity },
      x: { expr: `-(shown % here.across) * ${width}` },
      y: { expr: `-floor(shown / here.across) * ${height}` },
      width: { expr: `here.across * ${width}` },
      height: { expr: `here.down * ${height}` },
    },
    encoding: { url: { field: 'url', type: 'nominal' } },
  };
}

/** Ticks at whole values: each value if there are few, round steps if there are many. */
function ticks(size: string) {
  return { expr: `sequence(0, ${size}, ${size} <= 12 ? 1 : 5 * ceil(${size} / 35))` };
}

/** The map at a whole number of pixels per value, with matplotlib's axes. */
function mapPanel() {
  const axis = { type: 'quantitative', title: null } as const;
  const scale = (size: string, pixels: string) => ({
    domain: [-0.5, { expr: `${size} - 0.5` }],
    range: [0, { expr: pixels }],
    nice: false,
    zero: false,
  });
  const rect = (color: object, [x, x2]: unknown[], [y, y2]: unknown[]) => ({
    data: ONE,
    mark: { type: 'rect', ...color, x, x2, y, y2 },
  });
  const [right, bottom] = [{ expr: 'here.shownWidth' }, { expr: 'here.shownHeight' }];
  return {
    width: SIDE,
    height: SIDE,
    layer: [
      tile('here.shownWidth', 'here.shownHeight', 'here.dead[shown] ? 0 : 1'),
      // If the map is smaller than the panel, neighbouring tiles would show.
      rect({ color: 'white' }, [right, SIDE + 1], [0, SIDE + 1]),
      rect({ color: 'white' }, [0, SIDE + 1], [bottom, SIDE + 1]),
      rect({ color: DEAD, opacity: { expr: 'here.dead[shown] ? 1 : 0' } }, [0, right], [0, bottom]),
      {
        data: { values: [{ row: 0, column: 0 }] },
        mark: { type: 'point', opacity: 0 },
        encoding: {
          x: {
            field: 'column',
            ...axis,
            scale: scale('here.width', 'here.shownWidth'),
            axis: { orient: 'top', title: null, format: 'd', values: ticks('here.width') },
          },
          y: {
            field: 'row',
            ...axis,
            scale: scale('here.height', 'here.shownHeight'),
            axis: { title: null, format: 'd', values: ticks('here.height') },
          },
        },
      },
    ],
  };
}

/** The range of the visible channel; nothing if all its values are equal. */
function bar() {
  const made = scaleBar([{ expr: 'low' }, { expr: 'high' }], SIDE) as {
    mark: object;
    encoding: { y: { axis: object } };
  };
  made.mark = { ...made.mark, opacity: { expr: 'flat ? 0 : 1' } };
  made.encoding.y.axis = {
    ...made.encoding.y.axis,
    labelExpr: "flat ? '' : format(datum.value, '.4~g')",
    tickOpacity: { expr: 'flat ? 0 : 1' },
  };
  return made;
}

function picturePanel(picture: Pixels) {
  const size = fitted(picture, PICTURE_SIDE);
  return { ...size, ...pictureImage(picture, size, PICTURE) };
}

/** The picture under the map, which is stretched to the picture's size. */
function overlayPanel(picture: Pixels) {
  const size = fitted(picture, SIDE);
  return {
    ...size,
    layer: [
      pictureImage(picture, size, PICTURE),
      tile(String(size.width), String(size.height), 'here.dead[shown] ? 0 : opacity'),
    ],
  };
}
