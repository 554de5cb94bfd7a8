import type { AtlasPatch } from '../src/maps/atlas-channel';
import { croppedPixels, type Ends, patchRegion } from '../src/maps/patch-region';
import type { Pixels } from '../src/pictures/pixels';
import { dataUrl } from './picture';
import { picturePng } from './png/raster';
import { ink } from './theme';
import { tileImages, type Wrapped } from './wrapped-tiles';

/** The colour of what a position sees, on any picture. */
const FRAME = '#ff9500';

/** A box as shares of its tile's side. */
interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A picture or a part of one in a figure. */
export interface PatchTile extends Box {
  /** Its number, 0 … */
  at: number;
  url: string | null;
  /** Below it, at either end. */
  label: string;
  note: string;
  /** What is framed in it; none where the tile shows nothing more. */
  frame?: Box;
}

/** The part of a picture that a tile shows of a patch: where it lies, and as a PNG. */
export function patchPart(
  { rows, columns }: Pick<AtlasPatch, 'rows' | 'columns'>,
  picture: Pixels,
): { rows: Ends; columns: Ends; url: string } {
  const part = patchRegion(rows, columns, [picture.height, picture.width]);
  return { ...part, url: dataUrl(picturePng(croppedPixels(picture, part.rows, part.columns))) };
}

/** Layers that draw tiles with their labels. */
export function patchTiles(tiles: readonly PatchTile[], wrapped: Wrapped): object[] {
  const { x, y, box } = wrapped;
  const text = (field: string, align: string, side: string, more: object) => ({
    mark: {
      type: 'text',
      align,
      baseline: 'top',
      x: x(side),
      y: y('bottom'),
      dy: 4,
      fontSize: 11,
      limit: { expr: '0.64 * tileSide' },
      ...more,
    },
    encoding: { text: { field, type: 'nominal' } },
  });
  return [
    {
      data: { values: tiles.map(({ frame, ...tile }) => tile) },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.url)' }],
          ...tileImages(wrapped, { smooth: false }),
        },
        text('label', 'left', 'left', { fontWeight: 'bold', color: ink('ink') }),
        text('note', 'right', 'right', { color: ink('muted') }),
      ],
    },
    {
      data: { values: tiles.flatMap(({ at, frame }) => (frame ? [{ at, ...frame }] : [])) },
      mark: { type: 'rect', filled: false, stroke: FRAME, strokeWidth: 1.5, ...box },
      encoding: {},
    },
  ];
}
