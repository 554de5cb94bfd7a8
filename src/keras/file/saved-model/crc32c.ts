import { crcOf } from '../../../bytes/crc-of';
import { foldCrc32c, LEAST_FOLDED } from './fold-crc32c';

const byTable = crcOf(0x82f63b78);

/**
 * The checksum of TensorFlow's files (CRC-32C, Castagnoli) of bytes, and of the checksum of the bytes before these. It
 * is half of the time that loading a large SavedModel takes if tables alone compute it.
 */
export function crc32c(bytes: Uint8Array, start = 0): number {
  if (bytes.length < LEAST_FOLDED) return byTable(bytes, start);
  const { remaining, rest } = foldCrc32c(bytes, start);
  return byTable(rest, byTable(remaining, NOTHING));
}

/** The checksum after which the register is zero. */
const NOTHING = 0xffffffff;

/** How LevelDB stores a checksum, so that one of data with checksums in it differs from them. */
export const masked = (sum: number): number => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
