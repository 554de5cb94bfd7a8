import { valueName } from '../src/checks/value-name';
import type { Pixels } from '../src/pictures/pixels';
import { base64 } from './base64';
import { picturePng } from './png/raster';

/** A PNG as a data URL. */
export const dataUrl = (png: Uint8Array) => `data:image/png;base64,${base64(png)}`;

/** The data of `pictureImage`; a spec that shows a picture twice names it and holds it once. */
export const pictureData = (picture: Pixels) => ({ values: [{ url: dataUrl(picturePng(picture)) }] });

/**
 * A picture as one image mark at the panel's top left corner. Enlarged pixels stay squares: that is what the network
 * saw, and the PNG takes a third of the bytes.
 */
export function pictureImage(
  picture: Pixels,
  size: { width: number; height: number },
  data: object = pictureData(picture),
) {
  return imageAtCorner(data, size, { smooth: size.width < picture.width || size.height < picture.height });
}

/**
 * An image stretched to a size, at the panel's top left corner.
 *
 * @param data with the image's `url`
 * @param size in CSS pixels
 * @param more properties of the mark
 */
export function imageAtCorner<More extends object>(
  data: object,
  size: { width: number | { expr: string }; height: number | { expr: string } },
  more?: More,
) {
  return {
    data,
    mark: {
      type: 'image',
      aspect: false,
      smooth: false,
      align: 'left',
      baseline: 'top',
      x: 0,
      y: 0,
      ...size,
      ...more,
    },
    encoding: { url: { field: 'url', type: 'nominal' } },
  };
}

/**
 * The size, in CSS pixels, at which a picture fits `side`: enlarged by a whole factor, or shrunk.
 */
export function fitted({ height, width }: Pixels, side: number): { width: number; height: number } {
  const fit = side / Math.max(height, width);
  const zoom = fit < 1 ? fit : Math.floor(fit);
  return { width: Math.max(1, Math.round(width * zoom)), height: Math.max(1, Math.round(height * zoom)) };
}

/** The size, in CSS pixels, at which a picture fills `side`, by whatever factor: beside maps of that size. */
export function filling({ height, width }: Pixels, side: number): { width: number; height: number } {
  const zoom = side / Math.max(height, width);
  return { width: Math.max(1, Math.round(width * zoom)), height: Math.max(1, Math.round(height * zoom)) };
}

/** @throws {TypeError} when it is not a picture as `loadImage` returns it */
export function checkPicture(picture: Pixels): void {
  const { height, width, channels, data } = picture ?? {};
  if (!(data instanceof Uint8Array) || data.length !== height * width * channels) {
    throw new TypeError(
      `Cannot read the picture: this is ${data instanceof Uint8Array ? 'a picture whose bytes do not fill its size' : valueName(picture)}. Pass what loadImage returns, after await.`,
    );
  }
}
