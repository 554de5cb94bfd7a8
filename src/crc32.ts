import { crcTables } from './crc-tables';

type Table = Uint32Array;
const [T0, T1, T2, T3, T4, T5, T6, T7] = crcTables(0xedb88320, 8) as [
  Table,
  Table,
  Table,
  Table,
  Table,
  Table,
  Table,
  Table,
];

/**
 * The checksum of zip and PNG (ISO 3309).
 *
 * @param start the checksum of the bytes before these
 * @returns 0 to 2^32 − 1
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let sum = ~start;
  let at = 0;
  for (const last = bytes.length - 7; at < last; at += 8) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      T7[sum & 255]! ^
      T6[(sum >>> 8) & 255]! ^
      T5[(sum >>> 16) & 255]! ^
      T4[sum >>> 24]! ^
      T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^
      T1[bytes[at + 6]!]! ^
      T0[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ T0[(sum ^ bytes[at]!) & 255]!;
  return ~sum >>> 0;
}
