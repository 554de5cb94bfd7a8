import { crcOf } from './crc-of';

/** The checksum of zip and PNG (ISO 3309) of bytes, and of the checksum of the bytes before these. */
export const crc32 = crcOf(0xedb88320);
