import { Decompress } from 'fzstd';

const MAGIC = 0xfd2fb528;
/** The largest window that zstd's own levels use without being asked for more, and a margin. */
const MOST_WINDOW = 128 * 1024 ** 2;

/**
 * Unpacks Zstandard up to a length.
 *
 * @throws {Error} when it is damaged, or asks for more memory than its pixels can need
 */
export function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  if (windowOf(packed) > Math.max(MOST_WINDOW, length + 65_536))
    throw new Error('its Zstandard window is too large');
  const out = new Uint8Array(length);
  let to = 0;
  const stream = new Decompress((chunk) => {
    const part = chunk.subarray(0, length - to);
    out.set(part, to);
    to += part.length;
    if (chunk.length > 0 && part.length === 0)
      throw new Error('its Zstandard data are longer than its pixels');
  });
  stream.push(packed, true);
  return out.subarray(0, to);
}

/** How many bytes of history a frame's header asks for. */
function windowOf(packed: Uint8Array): number {
  if (packed.length < 6) return 0;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  if (view.getUint32(0, true) !== MAGIC) throw new Error('its Zstandard data are damaged');
  const flags = packed[4]!;
  if (!(flags & 32)) {
    const window = packed[5]!;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const at = 5 + [0, 1, 2, 4][flags & 3]!;
  const size = [1, 2, 4, 8][flags >> 6]!;
  if (at + size > packed.length) return 0;
  if (size === 8) return Number(view.getBigUint64(at, true));
  return size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) + 256 : packed[at]!;
}
