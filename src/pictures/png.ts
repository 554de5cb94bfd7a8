const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TRANSPARENCY = 0x74524e53;
const PIXELS = 0x49444154;

/** A PNG whose transparent colour is taken out, and that colour as Pillow compares it with its pixels. */
export interface Opaque {
  bytes: Uint8Array;
  /** One byte for each channel; undefined where Pillow does not look at it. */
  transparent?: readonly number[];
}

/**
 * Takes the transparent colour out of a PNG where Pillow treats it otherwise than libvips does: in gray of 2 and 4
 * bits and in RGB of 16 it compares the number in the file with pixels of 8 bits; in gray of 16 it ignores it. Any
 * other file stays as it is.
 */
export function withoutTransparentColor(bytes: Uint8Array): Opaque {
  if (bytes.length < 33 || SIGNATURE.some((byte, i) => bytes[i] !== byte)) return { bytes };
  const kind = `${bytes[25]}:${bytes[24]}`;
  if (!['0:2', '0:4', '0:16', '2:16'].includes(kind)) return { bytes };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const chunk = view.getUint32(at + 4);
    const end = at + 12 + length;
    if (chunk === PIXELS || end > bytes.length) break;
    if (chunk === TRANSPARENCY) {
      const rest = new Uint8Array(bytes.length - (end - at));
      rest.set(bytes.subarray(0, at));
      rest.set(bytes.subarray(end), at);
      const low = Array.from({ length: length >> 1 }, (_, i) => bytes[at + 9 + 2 * i]!);
      return kind === '0:16' ? { bytes: rest } : { bytes: rest, transparent: low };
    }
    at = end;
  }
  return { bytes };
}

/** Makes a colour of an RGBA picture transparent, in place. */
export function makeTransparent(rgba: Uint8Array, [red, green = red, blue = red]: readonly number[]): void {
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at] === red && rgba[at + 1] === green && rgba[at + 2] === blue) rgba[at + 3] = 0;
  }
}
