/**
 * Tables of a reflected CRC for several bytes at once ("slicing", Kounavis and Berry 2005): twice as fast as one byte
 * at a time.
 *
 * @param polynomial its bits, the lowest power first
 * @param count bytes at once, one table for each
 */
export function crcTables(polynomial: number, count: number): Uint32Array[] {
  const tables = Array.from({ length: count }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    tables[0]![byte] = sum;
  }
  for (let i = 1; i < count; i++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[i - 1]![byte]!;
      tables[i]![byte] = (before >>> 8) ^ tables[0]![before & 255]!;
    }
  }
  return tables;
}
