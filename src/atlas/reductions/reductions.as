// AssemblyScript. scripts/make-reductions.mjs compiles it into module.ts; nothing else reads it.
// One picture's output of one layer lies row after row, channels last. Sums are float64, in the order of the positions,
// so that the result does not depend on how many channels are computed at once.

/** Bytes of values that are read again and again: they stay in the processor's second cache. */
const TILE: i32 = 131072;

/** Makes room. @returns the first free address, which is a multiple of 16 */
export function reserve(bytes: i32): i32 {
  const need = (<i32>__heap_base + 15 + bytes + 65535) >>> 16;
  const have = memory.size();
  if (need > have && memory.grow(need - have) < 0) return 0;
  return (<i32>__heap_base + 15) & ~15;
}

/**
 * Of each channel: sums and sums of squares of the differences from its first value (float64), smallest and largest
 * value (float32), and how many are zero (uint32).
 */
export function reduce(
  data: usize, positions: i32, channels: i32,
  sums: usize, squares: usize, mins: usize, maxs: usize, zeros: usize,
): void {
  const none = f32x4.splat(0);
  const rows = max(1, TILE / (channels * 4));
  const stride = <usize>channels * 4;
  for (let c = 0; c < channels; c++) {
    store<f64>(sums + (<usize>c << 3), 0);
    store<f64>(squares + (<usize>c << 3), 0);
    store<f32>(mins + (<usize>c << 2), f32.MAX_VALUE * 2);
    store<f32>(maxs + (<usize>c << 2), -f32.MAX_VALUE * 2);
    store<u32>(zeros + (<usize>c << 2), 0);
  }
  for (let start = 0; start < positions; start += rows) {
    const end = min(positions, start + rows);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const four = <usize>c << 2;
      const eight = <usize>c << 3;
      const first = v128.load(data + four);
      const firstLow = f64x2.promote_low_f32x4(first);
      const firstHigh = f64x2.promote_low_f32x4(v128.shuffle<i32>(first, first, 2, 3, 2, 3));
      let sumLow = v128.load(sums + eight);
      let sumHigh = v128.load(sums + eight + 16);
      let squareLow = v128.load(squares + eight);
      let squareHigh = v128.load(squares + eight + 16);
      let least = v128.load(mins + four);
      let most = v128.load(maxs + four);
      let zero = v128.load(zeros + four);
      let at = data + <usize>start * stride + four;
      for (let i = start; i < end; i++, at += stride) {
        const value = v128.load(at);
        const low = f64x2.sub(f64x2.promote_low_f32x4(value), firstLow);
        const high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 2, 3)), firstHigh);
        sumLow = f64x2.add(sumLow, low);
        sumHigh = f64x2.add(sumHigh, high);
        squareLow = f64x2.add(squareLow, f64x2.mul(low, low));
        squareHigh = f64x2.add(squareHigh, f64x2.mul(high, high));
        least = f32x4.pmin(least, value);
        most = f32x4.pmax(most, value);
        zero = i32x4.sub(zero, f32x4.eq(value, none));
      }
      v128.store(sums + eight, sumLow);
      v128.store(sums + eight + 16, sumHigh);
      v128.store(squares + eight, squareLow);
      v128.store(squares + eight + 16, squareHigh);
      v128.store(mins + four, least);
      v128.store(maxs + four, most);
      v128.store(zeros + four, zero);
    }
    for (; c < channels; c++) {
      const four = <usize>c << 2;
      const eight = <usize>c << 3;
      const first = <f64>load<f32>(data + four);
      let sum = load<f64>(sums + eight);
      let square = load<f64>(squares + eight);
      let least = load<f32>(mins + four);
      let most = load<f32>(maxs + four);
      let zero = load<u32>(zeros + four);
      let at = data + <usize>start * stride + four;
      for (let i = start; i < end; i++, at += stride) {
        const value = load<f32>(at);
        const difference = <f64>value - first;
        sum += difference;
        square += difference * difference;
        least = value < least ? value : least;
        most = value > most ? value : most;
        zero += u32(value == 0);
      }
      store<f64>(sums + eight, sum);
      store<f64>(squares + eight, square);
      store<f32>(mins + four, least);
      store<f32>(maxs + four, most);
      store<u32>(zeros + four, zero);
    }
  }
}

/**
 * Counts values in 64 bins of each channel. A value v belongs to bin 32 + floor(v × scale); NaN to bin 32, and what lies
 * beyond the ends to the outermost bins.
 */
export function count(data: usize, positions: i32, channels: i32, scales: usize, bins: usize): void {
  const lowest = i32x4.splat(-32);
  const highest = i32x4.splat(31);
  for (let i = 0; i < positions; i++) {
    let c = 0;
    let bin = bins + 128;
    for (; c + 4 <= channels; c += 4, data += 16, bin += 1024) {
      const scaled = f32x4.floor(f32x4.mul(v128.load(data), v128.load(scales + (<usize>c << 2))));
      const index = i32x4.shl(i32x4.max_s(lowest, i32x4.min_s(highest, i32x4.trunc_sat_f32x4_s(scaled))), 2);
      const a = bin + i32x4.extract_lane(index, 0);
      const b = bin + 256 + i32x4.extract_lane(index, 1);
      const d = bin + 512 + i32x4.extract_lane(index, 2);
      const e = bin + 768 + i32x4.extract_lane(index, 3);
      store<u32>(a, load<u32>(a) + 1);
      store<u32>(b, load<u32>(b) + 1);
      store<u32>(d, load<u32>(d) + 1);
      store<u32>(e, load<u32>(e) + 1);
    }
    for (; c < channels; c++, data += 4, bin += 256) {
      const scaled = floor<f32>(load<f32>(data) * load<f32>(scales + (<usize>c << 2)));
      const index = max(-32, min(31, <i32>scaled));
      const a = bin + (index << 2);
      store<u32>(a, load<u32>(a) + 1);
    }
  }
}

/**
 * Adds products of the columns of a matrix of float64, row after row, to a square of them: for columns a of a tile and
 * b of a tile, products[a][b] += Σ rows[i][a] × rows[i][b]. The tile of b begins at an even column and has an even width.
 */
export function multiply(
  rows: usize, count: i32, columns: i32, products: usize,
  firstA: i32, endA: i32, firstB: i32, endB: i32,
): void {
  const stride = <usize>columns << 3;
  const width = <usize>(endB - firstB) << 3;
  for (let i = 0; i < count; i++, rows += stride) {
    for (let a = firstA; a < endA; a++) {
      const value = f64x2.splat(load<f64>(rows + (<usize>a << 3)));
      let at = products + <usize>a * stride + (<usize>firstB << 3);
      let b = rows + (<usize>firstB << 3);
      const end = b + width;
      for (; b < end; b += 16, at += 16) {
        v128.store(at, f64x2.add(v128.load(at), f64x2.mul(value, v128.load(b))));
      }
    }
  }
}
