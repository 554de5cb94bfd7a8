import { crcOf } from '../../../bytes/crc';

/** The checksum of TensorFlow's files (CRC-32C, Castagnoli) of bytes, and of the checksum of the bytes before these. */
export const crc32c = crcOf(0x82f63b78);

/** How LevelDB stores a checksum, so that one of data with checksums in it differs from them. */
export const masked = (sum: number): number => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
