import type { MapField } from '../src/maps/map-field';
import type { Pixels } from '../src/pictures/pixels';
import { pictureImage } from './picture';
import { FRAME, ink } from './theme';

/** Width and height in CSS pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * The size of a panel that Vega decides, as a part of its spec: Vega-Lite knows only that of steps of a scale.
 *
 * @param width and @param height names of signals
 */
export const sizeBySignals = (width: string, height: string) => ({
  width: { step: { signal: width } },
  height: { step: { signal: height } },
});

/** The layer that a panel whose size Vega decides needs: one step. */
export function oneStep(): object {
  const step = { field: 'step', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } };
  return {
    data: { values: [{ step: 0 }] },
    mark: { type: 'rect', opacity: 0 },
    encoding: { x: step, y: step },
  };
}

/** One datum, for marks that show no data. */
export const ONE = { values: [{}] };

/** A rectangle from `x` to `x2` and from `y` to `y2`, in CSS pixels. */
export const rect = (color: object, [x, x2]: unknown[], [y, y2]: unknown[]) => ({
  data: ONE,
  mark: { type: 'rect', ...color, x, x2, y, y2 },
});

/** Expressions for the place of a panel in a figure of one view, and for how much of its size it has. */
export interface Place {
  x: string;
  y: string;
  zoom: string;
}

const CORNER: Place = { x: '0', y: '0', zoom: '1' };

/** What a panel shows, in words below it. */
export function under(
  text: string | { expr: string },
  { height }: { height: number | string },
  at = CORNER,
): object {
  return {
    data: ONE,
    mark: {
      type: 'text',
      text,
      x: { expr: at.x },
      y: { expr: `${at.y} + ${height} * ${at.zoom} + 14` },
      align: 'left',
      baseline: 'middle',
      fontSize: 11,
      color: ink('muted'),
    },
  };
}

/** Vega expressions for the map beside the picture. */
export interface Seen {
  /** The pointer's place as shares of the map's height and width, [0..1, 0..1], or null. */
  spot: string;
  /** The layer's {@link MapField}, or null. */
  field: string;
  /** The map's rows. */
  height: string;
  /** The map's columns. */
  width: string;
}

/**
 * The network's input beside one of its maps. A frame shows the square of it that the position under the pointer sees.
 *
 * @param picture the network's input
 * @param size of the panel
 * @param shown of the picture in it
 * @param seen of the map
 * @param data the picture's, where a spec shows it twice
 */
export function picturePanel(picture: Pixels, size: Size, shown: Size, seen: Seen, data?: object): object {
  return {
    ...size,
    layer: [
      pictureImage(picture, shown, data),
      fieldFrame(picture, shown, seen, CORNER),
      under(`input, ${picture.height} × ${picture.width}`, size),
    ],
  };
}

/** The marks of a {@link picturePanel} in a figure of one view. @param at where */
export function pictureMarks(picture: Pixels, shown: Size, seen: Seen, at: Place): object[] {
  const { mark, ...image } = pictureImage(picture, shown);
  const sized = (side: number) => ({ expr: `${side} * ${at.zoom}` });
  const place = { x: { expr: at.x }, y: { expr: at.y } };
  return [
    { ...image, mark: { ...mark, ...place, width: sized(shown.width), height: sized(shown.height) } },
    fieldFrame(picture, shown, seen, at),
    under(`input, ${picture.height} × ${picture.width}`, shown, at),
  ];
}

function fieldFrame({ height, width }: Pixels, size: Size, seen: Seen, at: Place): object {
  const end = (axis: 'rows' | 'columns', add: string) => {
    const [nth, cells, pixels, shown] =
      axis === 'rows' ? [0, seen.height, height, size.height] : [1, seen.width, width, size.width];
    const start = axis === 'rows' ? at.y : at.x;
    const index = `clamp(floor(${seen.spot}[${nth}] * ${cells}), 0, ${cells} - 1)`;
    const of = `${seen.field}.${axis}`;
    const place = `${of}.start + ${of}.step * ${index}${add}`;
    const inPixels = `${start} + clamp(${place}, 0, ${pixels}) * ${shown / pixels} * ${at.zoom}`;
    return { expr: `${seen.spot} && ${seen.field} ? ${inPixels} : 0` };
  };
  const sides = (axis: 'rows' | 'columns') => [end(axis, ''), end(axis, ` + ${seen.field}.${axis}.size`)];
  const style = { fill: 'transparent', stroke: FRAME, strokeWidth: 2 };
  const opacity = { expr: `${seen.spot} && ${seen.field} ? 1 : 0` };
  return rect({ ...style, opacity }, sides('columns'), sides('rows'));
}
