import type { Pixels } from '../src/resample';
import { picturePng } from './png';

/** A PNG as it stands in a spec. */
export const dataUrl = (png: Buffer) => `data:image/png;base64,${png.toString('base64')}`;

/** A picture as one image mark whose top left corner is the panel's. */
export function pictureImage(picture: Pixels, size: { width: number; height: number }) {
  return {
    data: { values: [{}] },
    mark: { type: 'image', aspect: false, align: 'left', baseline: 'top', x: 0, y: 0, ...size },
    encoding: { url: { value: dataUrl(picturePng(picture)) } },
  };
}

/** A picture's size in CSS pixels when its longer side takes `side`. */
export function fitted({ height, width }: Pixels, side: number): { width: number; height: number } {
  const zoom = side / Math.max(height, width);
  return { width: Math.max(1, Math.round(width * zoom)), height: Math.max(1, Math.round(height * zoom)) };
}

/** @throws {TypeError} when it is no picture as `loadImage` gives it */
export function checkPicture(picture: Pixels): void {
  const { height, width, channels, data } = picture ?? {};
  if (!(data instanceof Uint8Array) || data.length !== height * width * channels) {
    throw new TypeError('Cannot read the picture: pass what loadImage returns.');
  }
}
