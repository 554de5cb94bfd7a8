/** What a JPEG's header says of its pixels, in sharp's words. */
export interface JpegHeader {
  format: 'jpeg';
  height: number;
  width: number;
  space: 'b-w' | 'srgb';
  hasAlpha: false;
}

/** SOF0 to SOF15, without those that define tables (DHT, JPG, DAC). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers that may come before the frame, each with a length: DHT, DQT and the like, APP0 to APP15, COM. */
const hasLength = (marker: number) =>
  marker === 0xc4 || marker === 0xcc || (marker >= 0xdb && marker <= 0xfe);

/**
 * The header of a JPEG of 8 bits, gray or in colour. Asking sharp for it costs as much as a fifth of decoding a small
 * picture.
 *
 * @returns undefined for any other file (CMYK, 12 bits, damaged), which sharp itself is asked for
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1]!;
    if (hasLength(marker)) continue;
    if (!isFrame(marker)) return undefined;
    const [bits, components] = [bytes[at + 4], bytes[at + 9]];
    const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
    if (bits !== 8 || !height || !width || (components !== 1 && components !== 3)) return undefined;
    return { format: 'jpeg', height, width, space: components === 1 ? 'b-w' : 'srgb', hasAlpha: false };
  }
  return undefined;
}
