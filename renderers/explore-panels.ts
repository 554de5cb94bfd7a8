import type { Pixels } from '../src/pictures/pixels';
import type { ColormapName } from './colormap';
import type { ExplorerLayer } from './explore-layer';
import { filling, pictureImage } from './picture';
import { ONE, picturePanel, rect, under } from './picture-panel';
import { readout, target } from './pointer';
import { movingBar } from './scale-bar';
import { DEAD, FRAME, ink } from './theme';

/**
 * The explorer's panels: the picture, the map with its values under the pointer, the map over the picture, the bar.
 *
 * @param size of each panel in CSS pixels
 * @param pointed an expression for the line that tells the value under the pointer
 */
export function explorerPanels(size: Size, cmap: ColormapName, pointed: string, picture?: Pixels): object {
  const ends = { low: 'here.lows[shown]', middle: 'here.middles[shown]', high: 'here.highs[shown]' };
  const maps = [
    ...(picture ? [picturePanel(picture, size, filling(picture, size.width), SEEN, PICTURE)] : []),
    mapPanel(size, pointed),
    ...(picture ? [overlayPanel(picture, size)] : []),
  ];
  const bar = movingBar(size.height, 'shownHeight', cmap, ends, 'here.dead[shown]');
  return { columns: maps.length + 1, spacing: 16, concat: [...maps, bar] };
}

interface Size {
  width: number;
  height: number;
}

/** The picture, shown in two panels. */
const PICTURE = { name: 'picture' };

/** The map that is shown. */
const SEEN = { spot: 'spot', field: 'field', height: 'here.height', width: 'here.width' };

/** The layer's raster, moved so that the channel's tile is at the panel's corner. */
function tile(url: string, width: string, height: string, opacity: string) {
  return {
    data: ONE,
    transform: [{ calculate: url, as: 'url' }],
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

function mapPanel(size: Size, pointed: string) {
  const { width, height } = size;
  const [right, bottom] = [{ expr: 'shownWidth' }, { expr: 'shownHeight' }];
  return {
    ...size,
    layer: [
      tile('url', 'shownWidth', 'shownHeight', 'here.dead[shown] ? 0 : 1'),
      // If the map is smaller than the panel, neighbouring tiles would show.
      rect({ color: ink('paper') }, [right, width + 1], [0, height + 1]),
      rect({ color: ink('paper') }, [0, width + 1], [bottom, height + 1]),
      rect({ color: DEAD, opacity: { expr: 'here.dead[shown] ? 1 : 0' } }, [0, right], [0, bottom]),
      under({ expr: "here.height + ' × ' + here.width" }, size),
      { name: 'target', ...rect({ opacity: 0 }, [0, right], [0, bottom]) },
      readout(pointed, size),
    ],
  };
}

/** The picture under the map, which is stretched to the picture's size. */
function overlayPanel(picture: Pixels, size: Size) {
  const { width, height } = filling(picture, size.width);
  return {
    ...size,
    layer: [
      pictureImage(picture, { width, height }, PICTURE),
      tile('veil', String(width), String(height), 'here.dead[shown] ? 0 : opacity'),
      under('over the input', size),
    ],
  };
}

/** CSS pixels of an arrow's place. */
const ARROW = 24;

/**
 * All channels of the layer as thumbnails, which a click chooses, under arrows to the neighbouring channels. Dead ones
 * are gray; the one that is shown has a frame.
 */
export function thumbnails(layers: readonly ExplorerLayer[]): object {
  const dead = layers.flatMap((layer, at) =>
    layer.dead.flatMap((isDead, place) => (isDead ? [{ name: layer.name, at, place }] : [])),
  );
  const step = 12;
  const rows = Math.max(...layers.map(({ down, thumb }) => (down * thumb) / step));
  const corner = [
    { calculate: '(datum.place % here.across) * thumbSize', as: 'left' },
    { calculate: 'floor(datum.place / here.across) * thumbSize', as: 'top' },
    { calculate: 'datum.left + thumbSize', as: 'right' },
    { calculate: 'datum.top + thumbSize', as: 'bottom' },
  ];
  // As properties of the mark: a scale of y would compete with the steps.
  const box = Object.fromEntries(
    [
      ['x', 'left'],
      ['x2', 'right'],
      ['y', 'top'],
      ['y2', 'bottom'],
    ].map(([property, field]) => [property!, { expr: `datum.${field}` }]),
  );
  const strip = {
    // Its marks are as wide as the layer has thumbnails.
    width: 1,
    // As many steps as the layer has rows of thumbnails: the strip is as high as it needs to be.
    height: { step },
    layer: [
      {
        data: { values: Array.from({ length: rows }, (_, row) => ({ row })) },
        transform: [{ filter: `datum.row < here.down * thumbSize / ${step}` }],
        mark: { type: 'rect', opacity: 0 },
        encoding: {
          y: { field: 'row', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } },
        },
      },
      {
        data: ONE,
        transform: [{ calculate: 'url', as: 'url' }],
        mark: {
          type: 'image',
          aspect: false,
          align: 'left',
          baseline: 'top',
          x: 0,
          y: 0,
          width: { expr: 'here.across * thumbSize' },
          height: { expr: 'here.down * thumbSize' },
        },
        encoding: { url: { field: 'url', type: 'nominal' } },
      },
      ...(dead.length
        ? [
            {
              data: { values: dead },
              transform: [{ filter: 'datum.name === here.name' }, ...corner],
              mark: { type: 'rect', color: DEAD, ...box },
            },
          ]
        : []),
      // Places without a channel.
      rect(
        { color: ink('paper') },
        [
          { expr: '((here.numbers.length - 1) % here.across + 1) * thumbSize' },
          { expr: 'here.across * thumbSize' },
        ],
        [{ expr: '(here.down - 1) * thumbSize' }, { expr: 'here.down * thumbSize' }],
      ),
      {
        data: ONE,
        transform: [{ calculate: 'shown', as: 'place' }, ...corner],
        mark: { type: 'rect', filled: false, stroke: FRAME, strokeWidth: 2.5, ...box },
      },
      {
        name: 'thumbs',
        ...rect(
          { opacity: 0 },
          [0, { expr: 'here.across * thumbSize' }],
          [0, { expr: 'here.down * thumbSize' }],
        ),
      },
    ],
  };
  return { spacing: 6, vconcat: [arrows(), strip] };
}

/** ◀ and ▶ around the number of the channel. */
function arrows(): object {
  const arrow = (name: string, text: string, x: number) => [
    {
      data: ONE,
      mark: { type: 'text', text, x: x + ARROW / 2, y: ARROW / 2, fontSize: 13, color: ink('ink') },
    },
    {
      ...target(name, { width: ARROW, height: ARROW }),
      mark: { type: 'rect', opacity: 0, cursor: 'pointer', x, x2: x + ARROW, y: 0, y2: ARROW },
    },
  ];
  return {
    width: 1,
    height: ARROW,
    layer: [
      ...arrow('previous', '◀', 0),
      ...arrow('next', '▶', ARROW),
      {
        data: ONE,
        mark: {
          type: 'text',
          text: {
            expr: "'channel ' + here.numbers[shown] + (here.note ? ', ' + (shown + 1) + ' of ' + here.numbers.length + ' in the figure' : ' of 0–' + (here.numbers.length - 1))",
          },
          x: 2 * ARROW + 8,
          y: ARROW / 2,
          align: 'left',
          baseline: 'middle',
          fontSize: 11,
          color: ink('muted'),
        },
      },
    ],
  };
}
