import { joinBytes } from '../bytes/join-bytes';

/**
 * A JPEG or WebP without EXIF and ICC profile: browsers turn pictures by the one and change colours by the other, Keras
 * does neither. Other files stay as they are.
 */
export function barePicture(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return bareJpeg(bytes);
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  return word(0) === 'RIFF' && word(8) === 'WEBP' ? bareWebp(bytes) : bytes;
}

/** Leaves out APP1 (EXIF) and APP2 (ICC). The others say how colours are stored. */
function bareJpeg(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  // Up to the start of the scan, each segment says how long it is.
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const marker = bytes[at + 1]!;
    // A marker may be padded with bytes of 0xff.
    const end = marker === 0xff ? at + 1 : at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (marker !== 0xe1 && marker !== 0xe2) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  return joinBytes(kept);
}

/** Renames the chunks to a name that no decoder knows. */
function bareWebp(bytes: Uint8Array): Uint8Array {
  const bare = bytes.slice();
  const view = new DataView(bare.buffer);
  for (let at = 12; at + 8 <= bare.length; ) {
    const name = String.fromCharCode(...bare.subarray(at, at + 4));
    if (name === 'EXIF' || name === 'ICCP') bare.fill(0x78, at, at + 4);
    const length = view.getUint32(at + 4, true);
    at += 8 + length + (length & 1);
  }
  return bare;
}
