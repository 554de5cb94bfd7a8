import type { AtlasPatch } from '../src/maps/atlas-channel';
import { croppedPixels, type Ends, patchRegion } from '../src/maps/patch-region';
import type { Pixels } from '../src/pictures/pixels';
import { dataUrl } from './picture';
import { BOX } from './pixels';
import { picturePng } from './png/raster';
import { ink } from './theme';

/** The colour of what a position sees, on any picture. */
const FRAME = '#ff9500';

/** A picture or a part of one in a figure, with its place in CSS pixels. */
export interface PatchTile {
  url: string | null;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Below it, at either end. */
  label: string;
  note: string;
  /** What is framed in it; none where the tile shows nothing more. */
  frame?: { left: number; top: number; right: number; bottom: number };
}

/** The part of a picture that a tile shows of a patch: where it lies, and as a PNG. */
export function patchPart(
  { rows, columns }: Pick<AtlasPatch, 'rows' | 'columns'>,
  picture: Pixels,
): { rows: Ends; columns: Ends; url: string } {
  const part = patchRegion(rows, columns, [picture.height, picture.width]);
  return { ...part, url: dataUrl(picturePng(croppedPixels(picture, part.rows, part.columns))) };
}

/** Layers that draw tiles with their labels. @param smooth whether they are shrunk */
export function patchTiles(tiles: readonly PatchTile[], smooth = false): object[] {
  const text = (field: string, align: string, x: object, more: object) => ({
    mark: { type: 'text', align, baseline: 'top', dy: 4, fontSize: 11, limit: 96, ...more },
    encoding: { x, y: { ...BOX.y, field: 'bottom' }, text: { field, type: 'nominal' } },
  });
  return [
    {
      data: { values: tiles.map(({ frame, ...tile }) => tile) },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.url)' }],
          mark: {
            type: 'image',
            align: 'left',
            baseline: 'top',
            aspect: false,
            smooth,
            width: { expr: 'datum.right - datum.left' },
            height: { expr: 'datum.bottom - datum.top' },
          },
          encoding: { x: BOX.x, y: BOX.y, url: { field: 'url', type: 'nominal' } },
        },
        text('label', 'left', BOX.x, { fontWeight: 'bold', color: ink('ink') }),
        text('note', 'right', { ...BOX.x, field: 'right' }, { color: ink('muted') }),
      ],
    },
    {
      data: { values: tiles.flatMap(({ frame }) => (frame ? [frame] : [])) },
      mark: { type: 'rect', filled: false, stroke: FRAME, strokeWidth: 1.5 },
      encoding: BOX,
    },
  ];
}
