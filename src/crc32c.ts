import { crcTables } from './crc-tables';

type Table = Uint32Array;
const [T0, T1, T2, T3] = crcTables(0x82f63b78, 4) as [Table, Table, Table, Table];

/**
 * The checksum of TensorFlow's files (CRC-32C, Castagnoli).
 *
 * @param start the checksum of the bytes before these
 * @returns 0 to 2^32 − 1
 */
export function crc32c(bytes: Uint8Array, start = 0): number {
  let sum = ~start;
  let at = 0;
  for (const last = bytes.length - 3; at < last; at += 4) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum = T3[sum & 255]! ^ T2[(sum >>> 8) & 255]! ^ T1[(sum >>> 16) & 255]! ^ T0[sum >>> 24]!;
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ T0[(sum ^ bytes[at]!) & 255]!;
  return ~sum >>> 0;
}

/** How LevelDB stores a checksum, so that one of data with checksums in it differs from them. */
export const masked = (sum: number): number => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
