import type { Figure } from '../../renderers/figure';
import type { Picture } from '../pictures/pixels';

type WriteDisplayData = (
  content: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: Record<string, unknown>;
  },
  update: boolean,
) => void;

/**
 * The running kernel's way to the front end, or nothing outside a kernel. It is looked up at each call
 * since the kernel sets it anew for every cell, and in the kernel's own copy of tslab, which a global
 * installation keeps elsewhere than this package would find.
 */
function writer(): WriteDisplayData | undefined {
  for (const [path, module] of Object.entries(require.cache)) {
    if (/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path) && module?.exports.lastWriteDisplayData) {
      return module.exports.lastWriteDisplayData;
    }
  }
  return undefined;
}

/**
 * Shows a figure or a picture in the running cell. Outside a notebook it prints the text form.
 *
 * @param shown what a function on `…Figure` or `loadImage` returns
 * @throws {TypeError} for anything else
 * @example
 * show(await loadImage('cat.jpg'));
 */
export function show(shown: Figure | Picture): void {
  const figure = isFigure(shown) ? shown : pictureBundle(shown);
  const { data, metadata } = figure.bundle();
  const write = writer();
  if (write) write({ data, metadata, transient: {} }, false);
  else console.log(data['text/plain']);
}

function isFigure(shown: Figure | Picture): shown is Figure {
  return typeof (shown as Figure)?.bundle === 'function';
}

/** A picture as a notebook shows it. */
export function pictureBundle(picture: Picture): Pick<Figure, 'bundle'> {
  if (!(picture?.data instanceof Uint8Array)) {
    throw new TypeError('Cannot show this: pass a figure (matshowFigure …) or a picture (loadImage).');
  }
  const { picturePng }: typeof import('../../renderers/png/draw') = require('../../renderers/png/draw');
  const { height, width, channels } = picture;
  return {
    bundle: () => ({
      data: {
        'image/png': picturePng(picture).toString('base64'),
        'text/plain': `picture of ${height} × ${width} pixels, ${channels} channel${channels === 1 ? '' : 's'}`,
      },
      metadata: { 'image/png': { width, height } },
    }),
  };
}
