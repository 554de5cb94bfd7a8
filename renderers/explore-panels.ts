import type { Pixels } from '../src/pictures/pixels';
import { type Precision, toldValue } from './cell-values';
import type { ColormapName } from './colormap';
import { ruleOf } from './dead';
import { filling, pictureImage } from './picture';
import { ONE, oneStep, picturePanel, rect, sizeBySignals, under } from './picture-panel';
import { readout } from './pointer';
import { BAR, movingBar } from './scale-bar';
import { DEAD, ink, panelsInRow } from './theme';

/**
 * The explorer's panels: the picture, the map with its values under the pointer, the map over the picture, the bar. Alone,
 * the map is as large as the signals `panelWidth` and `panelHeight` say.
 *
 * @param size of each panel in CSS pixels
 * @param pointed an expression for the line under the map
 * @param hasPowers whether any layer's bar has a power of ten
 */
export function explorerPanels(
  size: Size,
  cmap: ColormapName,
  pointed: string,
  hasPowers: boolean,
  picture?: Pixels,
): object {
  const ends = {
    low: 'here.lows[shown]',
    middle: 'here.middles[shown]',
    high: 'here.highs[shown]',
    ...(hasPowers && { power: '(here.powers && here.powers[shown])' }),
  };
  const bar = movingBar('shownHeight', cmap, ends, 'here.lows[shown] === here.highs[shown]');
  const maps = picture
    ? [
        picturePanel(picture, size, filling(picture, size.width), SEEN, PICTURE),
        { ...size, layer: mapLayers(`${size.height}`, pointed) },
        overlayPanel(picture, size),
      ]
    : [
        {
          ...sizeBySignals('panelWidth', 'panelHeight'),
          layer: [oneStep(), ...mapLayers('panelHeight', pointed)],
        },
      ];
  // The bar stays beside a map where panels stand one by one.
  const last = { spacing: GAP, hconcat: [maps.at(-1), bar] };
  return {
    columns: panelsInRow(maps.length, 2, size.width + (GAP + BAR) / 2),
    concat: [...maps.slice(0, -1), last],
  };
}

/** Between a map and the bar, in CSS pixels. */
const GAP = 16;

interface Size {
  width: number;
  height: number;
}

/** The picture, shown in two panels. */
const PICTURE = { name: 'picture' };

/** The map that is shown. */
const SEEN = { spot: 'spot', field: 'field', height: 'here.height', width: 'here.width' };

/** The raster of `sheet`, moved so that the channel's tile is at the panel's corner. */
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
      x: { expr: `-(sheet.at % sheet.across) * ${width}` },
      y: { expr: `-floor(sheet.at / sheet.across) * ${height}` },
      width: { expr: `sheet.across * ${width}` },
      height: { expr: `sheet.down * ${height}` },
    },
    encoding: { url: { field: 'url', type: 'nominal' } },
  };
}

/** @param height of the panel in CSS pixels, or a signal */
function mapLayers(height: string, pointed: string): object[] {
  const [right, bottom] = [{ expr: 'shownWidth' }, { expr: 'shownHeight' }];
  const [edge, end] = [{ expr: 'panelWidth + 1' }, { expr: `${height} + 1` }];
  return [
    tile('mapUrl', 'shownWidth', 'shownHeight', 'here.dead[shown] ? 0 : 1'),
    // If the map is smaller than the panel, neighbouring tiles would show.
    rect({ color: ink('paper') }, [right, edge], [0, end]),
    rect({ color: ink('paper') }, [0, edge], [bottom, end]),
    rect({ color: DEAD, opacity: { expr: 'here.dead[shown] ? 1 : 0' } }, [0, right], [0, bottom]),
    cross([0, bottom]),
    cross([bottom, 0]),
    under({ expr: "here.height + ' × ' + here.width" }, { height }),
    { name: 'target', ...rect({ opacity: 0 }, [0, right], [0, bottom]) },
    readout(pointed, { width: { expr: 'panelWidth' }, height: { expr: height } }),
  ];
}

/** A line across a dead map, as other figures mark one. */
const cross = ([y, y2]: unknown[]) => ({
  data: ONE,
  ...ruleOf(
    { color: '#777', strokeWidth: 1, opacity: { expr: 'here.dead[shown] ? 1 : 0' } },
    { x: 1, x2: { expr: 'shownWidth - 1' }, y, y2 },
  ),
});

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

/** Params and the line under the map: row, column and value under the pointer. @param precision 0 for no values */
export function pointedText(precision: Precision | 0): { params: object[]; text: string } {
  const cell = (axis: 0 | 1, cells: string) => `clamp(floor(spot[${axis}] * ${cells}), 0, ${cells} - 1)`;
  const [row, column] = [cell(0, 'here.height'), cell(1, 'here.width')];
  const place = `${row} + ', ' + ${column}`;
  if (!precision) return { params: [], text: `spot ? ${place} : ''` };
  const at = `spot ? ${row} * here.width + ${column} : 0`;
  const key = ['here.values[shown].key[0]', 'here.values[shown].key[1]'] as const;
  const { params, text } = toldValue('', 'cells', at, key, precision);
  return { params, text: `spot ? ${place} + ' → ' + ${text} : ''` };
}
