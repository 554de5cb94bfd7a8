import { BINS, binWidth, LEAST_EXPONENT } from '../bins';
import { addMoments, type LayerTotals } from '../layer-totals';
import { insertTop } from '../top-list';
import { makeReductions, type Reductions } from './reductions';

/** One picture's output of one layer. */
export interface PictureOutput {
  /** Row after row, channels last. */
  readonly values: Float32Array;
  readonly positions: number;
  /** Its number in the whole set. */
  readonly picture: number;
}

/** Values of a channel that has some which are not finite. */
interface Odd {
  count: number;
  mean: number;
  squares: number;
  min: number;
  max: number;
  nan: number;
  positiveInfinity: number;
  negativeInfinity: number;
}

/** Bytes of values that are copied and counted at once: they stay in the processor's caches. */
const TILE = 65_536;
/** Marks a channel that has values which are not finite. */
const ODD = 0x80000000;

/** What is known of a layer's channels, in the order in which reductions.as expects it. */
const LAYER = {
  count: Float64Array,
  mean: Float64Array,
  squares: Float64Array,
  zeros: Float64Array,
  fires: Float64Array,
  min: Float32Array,
  max: Float32Array,
  /** 1 / the width of a bin. */
  scales: Float32Array,
  /** The lowest of the highest pictures. */
  least: Float32Array,
  exponents: Int32Array,
};

/** What is known of the channels of one picture, in the order in which reductions.as expects it. */
const PICTURE = {
  sums: Float64Array,
  squares: Float64Array,
  firsts: Float32Array,
  mins: Float32Array,
  maxs: Float32Array,
  zeros: Uint32Array,
  /** The largest value so far, and in which rows it was found: their first one. */
  tops: Float32Array,
  starts: Int32Array,
  /** Channels that are left to the caller of `end`. */
  left: Uint32Array,
};

/** What lies in WebAssembly's memory and in `LayerTotals` under the same name. */
const MOVED = ['count', 'mean', 'squares', 'zeros', 'fires', 'min', 'max', 'exponents', 'bins'] as const;

type Arrays<Kinds> = {
  readonly [name in keyof Kinds]: Kinds[name] extends new (...a: never[]) => infer A ? A : never;
};
type LayerMemory = Arrays<typeof LAYER> & { readonly bins: Uint32Array; readonly place: number };

/**
 * Adds the outputs of pictures to statistics: some rows of values at a time are copied into the memory of WebAssembly, and
 * go through all sums and histograms while they are in the processor's caches. The statistics lie there until `finish`.
 */
export class Reducer {
  private readonly functions: Reductions = makeReductions();
  private readonly memory: readonly LayerMemory[];
  /** Where the picture that is being added lies. */
  private readonly picture: number;
  private readonly values: Float32Array;

  /** @param layers statistics of no pictures */
  constructor(private readonly layers: readonly LayerTotals[]) {
    const most = layers.reduce((all, { channels }) => Math.max(all, channels), 1);
    const sizes = layers.map(({ channels }) => roomOf(channels) * (bytesOf(LAYER) + 4 * BINS));
    const row = Math.max(TILE, 4 * most);
    const all = sizes.reduce((sum, size) => sum + size, roomOf(most) * bytesOf(PICTURE) + row);
    const base = this.functions.reserve(all);
    if (base === 0) throw new RangeError(`no memory for ${all} bytes of statistics`);
    const { buffer } = this.functions.memory;
    let at = base;
    this.memory = layers.map(({ channels, min, max }, i) => {
      const place = at;
      at += sizes[i]!;
      const bins = new Uint32Array(buffer, place + roomOf(channels) * bytesOf(LAYER), channels * BINS);
      const memory = { ...arraysOf(LAYER, buffer, place, channels), bins, place };
      memory.min.set(min);
      memory.max.set(max);
      memory.scales.fill(1 / binWidth(LEAST_EXPONENT));
      memory.least.fill(Number.NEGATIVE_INFINITY);
      memory.exponents.fill(LEAST_EXPONENT);
      return memory;
    });
    this.picture = at;
    this.values = new Float32Array(buffer, at + roomOf(most) * bytesOf(PICTURE), row / 4);
  }

  /**
   * @param layer which of the layers
   * @param maxima receives the largest finite value of each channel; −Infinity where there is none
   */
  add(layer: number, { values, positions, picture }: PictureOutput, maxima: Float32Array): void {
    const totals = this.layers[layer]!;
    const { channels, top } = totals;
    const memory = this.memory[layer]!;
    const { functions, picture: at } = this;
    const data = this.values.byteOffset;
    const rows = Math.max(1, Math.floor(TILE / (4 * channels)));
    for (let start = 0; start < positions; start += rows) {
      const some = Math.min(rows, positions - start);
      this.values.set(values.subarray(start * channels, (start + some) * channels));
      if (start === 0) functions.begin(at, data, channels);
      functions.reduce(at, data, some, channels);
      functions.count(at, memory.place, data, start, some, channels);
    }
    const count = functions.end(at, memory.place, positions, channels);
    const { maxs, starts, left } = arraysOf(PICTURE, functions.memory.buffer, at, channels);
    maxima.set(maxs);
    for (let i = 0; i < count; i++) {
      const channel = left[i]! & ~ODD;
      const isOdd = left[i]! >= ODD;
      if (isOdd) maxima[channel] = addOdd(totals, memory, channel, oddOf(values, channel, channels));
      const max = maxima[channel]!;
      if (max === Number.NEGATIVE_INFINITY) continue;
      const from = isOdd ? 0 : starts[channel]!;
      insertTop(totals, channel, max, picture, () => positionOf(values, max, channel, channels, from));
      memory.least[channel] = totals.topValues[(channel + 1) * top - 1]!;
    }
  }

  /** Moves the statistics to where they belong. */
  finish(): void {
    for (const [i, totals] of this.layers.entries()) {
      for (const name of MOVED) totals[name].set(this.memory[i]![name]);
    }
  }
}

/** Channels that the arrays of a layer have room for. */
const roomOf = (channels: number) => (channels + 3) & ~3;

type Kinds = Readonly<Record<string, { readonly BYTES_PER_ELEMENT: number }>>;

/** Bytes per channel. */
const bytesOf = (kinds: Kinds) => Object.values(kinds).reduce((sum, kind) => sum + kind.BYTES_PER_ELEMENT, 0);

function arraysOf<K extends Kinds>(
  kinds: K,
  buffer: ArrayBuffer,
  place: number,
  channels: number,
): Arrays<K> {
  let at = place;
  const arrays = Object.entries(kinds).map(([name, kind]) => {
    const values = new (kind as unknown as typeof Float32Array)(buffer, at, channels);
    at += roomOf(channels) * kind.BYTES_PER_ELEMENT;
    return [name, values];
  });
  return Object.fromEntries(arrays);
}

/** Adds the values of a channel that has some which are not finite. @returns its largest finite value */
function addOdd(totals: LayerTotals, memory: LayerMemory, channel: number, odd: Odd): number {
  if (odd.count) addMoments(memory, channel, odd.count, odd.mean, odd.squares);
  memory.min[channel] = Math.min(memory.min[channel]!, odd.min);
  memory.max[channel] = Math.max(memory.max[channel]!, odd.max);
  if (odd.max > 0) memory.fires[channel]!++;
  for (const name of ['nan', 'positiveInfinity', 'negativeInfinity'] as const)
    totals[name][channel]! += odd[name];
  return odd.max;
}

/** Statistics of a channel's finite values, and counts of the others. */
function oddOf(values: Float32Array, channel: number, channels: number): Odd {
  const odd: Odd = {
    count: 0,
    mean: 0,
    squares: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    nan: 0,
    positiveInfinity: 0,
    negativeInfinity: 0,
  };
  for (let at = channel; at < values.length; at += channels) {
    const value = values[at]!;
    if (Number.isNaN(value)) odd.nan++;
    else if (value === Number.POSITIVE_INFINITY) odd.positiveInfinity++;
    else if (value === Number.NEGATIVE_INFINITY) odd.negativeInfinity++;
    else {
      const difference = value - odd.mean;
      odd.mean += difference / ++odd.count;
      odd.squares += difference * (value - odd.mean);
      odd.min = Math.min(odd.min, value);
      odd.max = Math.max(odd.max, value);
    }
  }
  return odd;
}

/** The first position of a value, at or after another one. */
function positionOf(
  values: Float32Array,
  value: number,
  channel: number,
  channels: number,
  from: number,
): number {
  let position = from;
  while (values[position * channels + channel] !== value) position++;
  return position;
}
