// AssemblyScript. scripts/make-webassembly.mjs compiles it into module.ts; nothing else reads it.
// One picture's output of one layer lies row after row, channels last. Sums are float64, in the order of the positions,
// so that the result does not depend on how many channels are computed at once.

/** Makes room. @returns the first free address, which is a multiple of 16 */
export function reserve(bytes: i32): i32 {
  const need = (<i32>__heap_base + 15 + bytes + 65535) >>> 16;
  const have = memory.size();
  if (need > have && memory.grow(need - have) < 0) return 0;
  return (<i32>__heap_base + 15) & ~15;
}

// What is known of channels lies as one array after the other, each with room for a multiple of four channels: `picture`
// is what reducer.ts lists as PICTURE, `layer` what it lists as LAYER.

/** Channels that arrays have room for. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function roomOf(channels: i32): usize {
  return (<usize>channels + 3) & ~3;
}

/** Begins a picture: differences are taken from each channel's first value. */
export function begin(picture: usize, data: usize, channels: i32): void {
  const room = roomOf(channels);
  const sums = picture, squares = sums + 8 * room;
  const firsts = squares + 8 * room, mins = firsts + 4 * room, maxs = mins + 4 * room, zeros = maxs + 4 * room;
  const tops = zeros + 4 * room;
  memory.copy(firsts, data, <usize>channels << 2);
  memory.fill(sums, 0, <usize>channels << 3);
  memory.fill(squares, 0, <usize>channels << 3);
  memory.fill(zeros, 0, <usize>channels << 2);
  for (let c = 0; c < channels; c++) {
    store<f32>(mins + (<usize>c << 2), f32.MAX_VALUE * 2);
    store<f32>(maxs + (<usize>c << 2), -f32.MAX_VALUE * 2);
    store<f32>(tops + (<usize>c << 2), -f32.MAX_VALUE * 2);
  }
}

/**
 * Of each channel: sums and sums of squares of the differences from its first value (float64), smallest and largest
 * value (float32), and how many are zero (uint32). The rows are the next ones of a picture.
 */
export function reduce(picture: usize, data: usize, rows: i32, channels: i32): void {
  const room = roomOf(channels);
  const sums = picture, squares = sums + 8 * room;
  const firsts = squares + 8 * room, mins = firsts + 4 * room, maxs = mins + 4 * room, zeros = maxs + 4 * room;
  const none = f32x4.splat(0);
  const stride = <usize>channels * 4;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const four = <usize>c << 2;
    const eight = <usize>c << 3;
    const first = v128.load(firsts + four);
    const firstLow = f64x2.promote_low_f32x4(first);
    const firstHigh = f64x2.promote_low_f32x4(v128.shuffle<i32>(first, first, 2, 3, 2, 3));
    let sumLow = v128.load(sums + eight);
    let sumHigh = v128.load(sums + eight + 16);
    let squareLow = v128.load(squares + eight);
    let squareHigh = v128.load(squares + eight + 16);
    let least = v128.load(mins + four);
    let most = v128.load(maxs + four);
    let zero = v128.load(zeros + four);
    let at = data + four;
    for (let i = 0; i < rows; i++, at += stride) {
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
    const first = <f64>load<f32>(firsts + four);
    let sum = load<f64>(sums + eight);
    let square = load<f64>(squares + eight);
    let least = load<f32>(mins + four);
    let most = load<f32>(maxs + four);
    let zero = load<u32>(zeros + four);
    let at = data + four;
    for (let i = 0; i < rows; i++, at += stride) {
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

/** Doubles the range of a channel's 64 bins some times: see bins.ts. */
function double(bin: usize, times: i32): void {
  for (let time = min(times, 8); time > 0; time--) {
    // From the middle outwards, so that a bin is read before it is written.
    for (let i: usize = 0; i < 64; i += 4) {
      const from = bin + 128 + 2 * i;
      store<u32>(bin + 128 + i, load<u32>(from) + load<u32>(from + 4));
    }
    for (let i: usize = 4; i <= 64; i += 4) {
      const from = bin + 128 - 2 * i;
      store<u32>(bin + 128 - i, load<u32>(from) + load<u32>(from + 4));
    }
    memory.fill(bin, 0, 64);
    memory.fill(bin + 192, 0, 64);
  }
}

/** The largest finite magnitude of a channel's values. */
function magnitudeOf(data: usize, rows: i32, stride: usize): f32 {
  let most: f32 = 0;
  for (let i = 0; i < rows; i++, data += stride) {
    const magnitude = abs(load<f32>(data));
    if (magnitude > most && magnitude <= f32.MAX_VALUE) most = magnitude;
  }
  return most;
}

/**
 * Counts rows of values in 64 bins of each channel, after `reduce` of the same rows. A value v belongs to bin
 * 32 + floor(v × scale), zero to bin 32; what is not finite is not counted. Where a channel's values exceed its bins they
 * grow: scale is 32 / 2^exponent.
 *
 * @param start the number of the first of these rows; kept where a channel has its largest value so far
 */
export function count(picture: usize, layer: usize, data: usize, start: i32, rows: i32, channels: i32): void {
  const room = roomOf(channels);
  const sums = picture, mins = picture + 20 * room, maxs = mins + 4 * room;
  const tops = picture + 32 * room, starts = tops + 4 * room;
  const scales = layer + 48 * room, exponents = layer + 56 * room, bins = layer + 60 * room;
  const stride = <usize>channels * 4;
  for (let c = 0; c < channels; c++) {
    const four = <usize>c << 2;
    const most = load<f32>(maxs + four);
    if (most > load<f32>(tops + four)) {
      store<f32>(tops + four, most);
      store<i32>(starts + four, start);
    }
    let magnitude = max(abs(load<f32>(mins + four)), abs(most));
    if (magnitude * load<f32>(scales + four) < 32) continue;
    if (!(magnitude <= f32.MAX_VALUE)) magnitude = magnitudeOf(data + four, rows, stride);
    const exponent = <i32>((reinterpret<u32>(magnitude) >>> 23) & 255) - 126;
    const grows = exponent - load<i32>(exponents + four);
    if (grows <= 0) continue;
    double(bins + (<usize>c << 8), grows);
    store<i32>(exponents + four, exponent);
    store<f32>(scales + four, reinterpret<f32>((132 - exponent) << 23));
  }
  // 2^23 + 32 moves a bin's number into the lowest bits of a float32.
  const shift = f32x4.splat(8388640);
  const mask = i32x4.splat(252);
  for (let c = 0; c < channels; c += 4) {
    const bin = bins + (<usize>c << 8);
    let at = data + (<usize>c << 2);
    if (channels - c < 4 || !finite(sums + (<usize>c << 3))) {
      const end = min(channels, c + 4);
      for (let one = c; one < end; one++) {
        countOne(data + (<usize>one << 2), rows, stride, load<f32>(scales + (<usize>one << 2)), bins + (<usize>one << 8));
      }
      continue;
    }
    const scale = v128.load(scales + (<usize>c << 2));
    for (let i = 0; i < rows; i++, at += stride) {
      const moved = f32x4.add(f32x4.floor(f32x4.mul(v128.load(at), scale)), shift);
      const places = v128.and(i32x4.shl(moved, 2), mask);
      const low = i64x2.extract_lane(places, 0);
      const high = i64x2.extract_lane(places, 1);
      const a = bin + <u32>low;
      const b = bin + <u32>(low >>> 32);
      const d = bin + <u32>high;
      const e = bin + <u32>(high >>> 32);
      store<u32>(a, load<u32>(a) + 1);
      store<u32>(b, load<u32>(b, 256) + 1, 256);
      store<u32>(d, load<u32>(d, 512) + 1, 512);
      store<u32>(e, load<u32>(e, 768) + 1, 768);
    }
  }
}

/** Whether four channels have finite values only: a sum of float32 values in float64 is finite if and only if all are. */
function finite(sums: usize): bool {
  const low = v128.load(sums);
  const high = v128.load(sums, 16);
  const zero = f64x2.splat(0);
  const both = v128.and(f64x2.eq(f64x2.sub(low, low), zero), f64x2.eq(f64x2.sub(high, high), zero));
  return i64x2.all_true(both);
}

function countOne(at: usize, rows: i32, stride: usize, scale: f32, bins: usize): void {
  for (let i = 0; i < rows; i++, at += stride) {
    const value = load<f32>(at);
    if (!(abs(value) <= f32.MAX_VALUE)) continue;
    const bin = bins + 128 + (<i32>floor<f32>(value * scale) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
}

/**
 * Ends a picture: adds each channel's moments, extremes and counts to the totals. Moments are merged as in
 * layer-totals.ts.
 *
 * Into `left` go the channels that are left to the caller: those whose picture belongs among the highest, and with bit 31
 * set those with values that are not finite, of which only zeros were added.
 *
 * @returns how many are left
 */
export function end(picture: usize, layer: usize, positions: i32, channels: i32): i32 {
  const room = roomOf(channels);
  const sums = picture, squares = sums + 8 * room, firsts = squares + 8 * room;
  const mins = firsts + 4 * room, maxs = mins + 4 * room, zeros = maxs + 4 * room, left = picture + 40 * room;
  const counts = layer, means = counts + 8 * room, deviations = means + 8 * room;
  const none = deviations + 8 * room, fires = none + 8 * room;
  const smallest = fires + 8 * room, largest = smallest + 4 * room;
  const least = layer + 52 * room, bins = layer + 60 * room;
  let found = 0;
  const added = <f64>positions;
  for (let c = 0; c < channels; c++) {
    const four = <usize>c << 2;
    const eight = <usize>c << 3;
    const zero = load<u32>(zeros + four);
    // `count` has put zeros there.
    const middle = bins + (<usize>c << 8) + 128;
    store<u32>(middle, load<u32>(middle) - zero);
    store<f64>(none + eight, load<f64>(none + eight) + <f64>zero);
    const sum = load<f64>(sums + eight);
    if (sum - sum != 0) {
      store<u32>(left + (<usize>found << 2), <u32>c | 0x80000000);
      found++;
      continue;
    }
    let deviation = load<f64>(squares + eight) - (sum * sum) / added;
    if (!(deviation > 0)) deviation = 0;
    const mean = <f64>load<f32>(firsts + four) + sum / added;
    const before = load<f64>(counts + eight);
    const all = before + added;
    const old = load<f64>(means + eight);
    const difference = mean - old;
    store<f64>(counts + eight, all);
    store<f64>(means + eight, before == 0 ? mean : old + difference * (added / all));
    store<f64>(
      deviations + eight,
      load<f64>(deviations + eight) + deviation + difference * difference * ((before * added) / all),
    );
    const low = load<f32>(mins + four);
    const high = load<f32>(maxs + four);
    if (low < load<f32>(smallest + four)) store<f32>(smallest + four, low);
    if (high > load<f32>(largest + four)) store<f32>(largest + four, high);
    if (high > 0) store<f64>(fires + eight, load<f64>(fires + eight) + 1);
    if (high > load<f32>(least + four)) {
      store<u32>(left + (<usize>found << 2), c);
      found++;
    }
  }
  return found;
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
