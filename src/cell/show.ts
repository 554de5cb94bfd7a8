import { base64 } from '../../renderers/base64';
import type { Figure } from '../../renderers/figure';
import { picturePng } from '../../renderers/png/raster';
import { valueName } from '../checks/value-name';
import type { Picture } from '../pictures/pixels';
import { display } from './front-end';

/**
 * Shows a figure or a picture in the running cell. Outside a notebook it prints the text form, and
 * once how to save a figure.
 *
 * @param shown what `loadImage` or a function named `…Figure` returns
 * @throws {TypeError} for anything else
 * @example
 * show(await loadImage('cat.jpg'));
 */
export function show(shown: Figure | Picture): void {
  const figure = isFigure(shown) ? shown : pictureBundle(shown);
  const bundle = figure.bundle();
  if (display(bundle)) return;
  console.log(bundle.data['text/plain']);
  if (told || !isFigure(shown)) return;
  told = true;
  console.log(
    "Only a notebook draws figures. Elsewhere save one: await matshowFigure(…).save('figure.png'), or .html, .svg, .json.",
  );
}

/** Whether this process has said how a figure is seen outside of a notebook. */
let told = false;

function isFigure(shown: Figure | Picture): shown is Figure {
  return typeof (shown as Figure)?.bundle === 'function';
}

/** The bundle of a picture. */
export function pictureBundle(picture: Picture): Pick<Figure, 'bundle'> {
  if (!(picture?.data instanceof Uint8Array)) {
    const what = valueName(picture);
    const use = /activation/.test(what)
      ? 'Use matshow, grid or explore'
      : 'Pass a figure (matshowFigure …) or a picture (loadImage)';
    throw new TypeError(`Cannot show this: it is ${what}. ${use}.`);
  }
  const { height, width, channels } = picture;
  const alt = `picture of ${height} × ${width} pixels, ${channels} channel${channels === 1 ? '' : 's'}`;
  return {
    bundle: () => ({
      data: { 'image/png': base64(picturePng(picture)), 'text/plain': alt },
      metadata: { 'image/png': { width, height, alt } },
    }),
  };
}
