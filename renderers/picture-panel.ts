import type { MapField } from '../src/maps/map-field';
import type { Pixels } from '../src/pictures/pixels';
import { pictureImage } from './picture';
import { FRAME, ink } from './theme';

/** Width and height in CSS pixels. */
interface Size {
  width: number;
  height: number;
}

/** One datum, for marks that show no data. */
export const ONE = { values: [{}] };

/** A rectangle from `x` to `x2` and from `y` to `y2`, in CSS pixels. */
export const rect = (color: object, [x, x2]: unknown[], [y, y2]: unknown[]) => ({
  data: ONE,
  mark: { type: 'rect', ...color, x, x2, y, y2 },
});

/** What a panel shows, in words below it. */
export function under(text: string | { expr: string }, { height }: Size): object {
  return {
    data: ONE,
    mark: {
      type: 'text',
      text,
      x: 0,
      y: height + 14,
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
      fieldFrame(picture, shown, seen),
      under(`input, ${picture.height} × ${picture.width}`, size),
    ],
  };
}

function fieldFrame({ height, width }: Pixels, size: Size, seen: Seen): object {
  const end = (axis: 'rows' | 'columns', add: string) => {
    const [at, cells, pixels, shown] =
      axis === 'rows' ? [0, seen.height, height, size.height] : [1, seen.width, width, size.width];
    const index = `clamp(floor(${seen.spot}[${at}] * ${cells}), 0, ${cells} - 1)`;
    const of = `${seen.field}.${axis}`;
    const place = `${of}.start + ${of}.step * ${index}${add}`;
    return { expr: `${seen.spot} && ${seen.field} ? clamp(${place}, 0, ${pixels}) * ${shown / pixels} : 0` };
  };
  const sides = (axis: 'rows' | 'columns') => [end(axis, ''), end(axis, ` + ${seen.field}.${axis}.size`)];
  const style = { fill: 'transparent', stroke: FRAME, strokeWidth: 2 };
  const opacity = { expr: `${seen.spot} && ${seen.field} ? 1 : 0` };
  return rect({ ...style, opacity }, sides('columns'), sides('rows'));
}
