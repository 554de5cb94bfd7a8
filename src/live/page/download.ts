import { element } from './element';

/** Lets the reader save a file. Nothing leaves the page. */
export function download(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents);
  const link = element('a', { href: url, download: name });
  link.click();
  // The browser still reads it for a moment.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A map's pixels as a PNG, each value a square of whole pixels, at least 512 pixels wide. */
export function downloadPng(name: string, image: HTMLCanvasElement): void {
  const factor = Math.max(1, Math.ceil(512 / image.width));
  const canvas = element('canvas', { width: image.width * factor, height: image.height * factor });
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob && download(name, blob), 'image/png');
}

/** A name that every file system takes. */
export const fileName = (text: string): string =>
  text.replace(/[^\p{L}\p{N}_.]+/gu, '-').replace(/^-+|-+$/g, '');
