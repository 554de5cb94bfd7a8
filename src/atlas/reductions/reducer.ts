import { BINS, binWidth, double, exponentOf, ZERO_BIN } from '../bins';
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

/**
 * Adds the outputs of pictures to statistics, in one fused pass over a layer's values. The histograms of all layers lie
 * in its memory until `finish`.
 */
export class Reducer {
  private readonly functions: Reductions = makeReductions();
  private readonly starts: number[] = [];
  private readonly scratch: number;

  /** @param layers statistics of no pictures */
  constructor(private readonly layers: readonly LayerTotals[]) {
    let bytes = 0;
    for (const { channels } of layers) {
      this.starts.push(bytes);
      bytes += channels * BINS * 4;
    }
    const base = this.reserve(bytes);
    this.starts = this.starts.map((start) => start + base);
    this.scratch = base + bytes;
  }

  /**
   * @param layer which of the layers
   * @param maxima receives the largest finite value of each channel; −Infinity where there is none
   */
  add(layer: number, { values, positions, picture }: PictureOutput, maxima: Float32Array): void {
    const totals = this.layers[layer]!;
    const { channels } = totals;
    const places = this.layOut(positions, channels);
    const { functions } = this;
    const { buffer } = functions.memory;
    new Float32Array(buffer, places.data, values.length).set(values);
    functions.reduce(
      places.data,
      positions,
      channels,
      places.sums,
      places.squares,
      places.mins,
      places.maxs,
      places.zeros,
    );
    const sums = new Float64Array(buffer, places.sums, channels);
    const squares = new Float64Array(buffer, places.squares, channels);
    const mins = new Float32Array(buffer, places.mins, channels);
    const maxs = new Float32Array(buffer, places.maxs, channels);
    const zeros = new Uint32Array(buffer, places.zeros, channels);
    const scales = new Float32Array(buffer, places.scales, channels);
    const bins = new Uint32Array(buffer, this.starts[layer]!, channels * BINS);
    for (let channel = 0; channel < channels; channel++) {
      const sum = sums[channel]!;
      // A sum of float32 values in float64 is finite if and only if all of them are.
      const odd = sum - sum === 0 ? undefined : oddOf(values, channel, channels);
      const min = odd ? odd.min : mins[channel]!;
      const max = odd ? odd.max : maxs[channel]!;
      if (odd) addOdd(totals, channel, odd);
      else {
        const deviation = squares[channel]! - (sum * sum) / positions;
        addMoments(
          totals,
          channel,
          positions,
          values[channel]! + sum / positions,
          deviation > 0 ? deviation : 0,
        );
      }
      if (min < totals.min[channel]!) totals.min[channel] = min;
      if (max > totals.max[channel]!) totals.max[channel] = max;
      if (max > 0) totals.fires[channel]!++;
      totals.zeros[channel]! += zeros[channel]!;
      maxima[channel] = max;
      const first = channel * BINS;
      if (min <= max) {
        const exponent = exponentOf(Math.max(Math.abs(min), Math.abs(max)));
        const grows = exponent - totals.exponents[channel]!;
        if (grows > 0) {
          double(bins, first, grows);
          totals.exponents[channel] = exponent;
        }
        insertTop(totals, channel, max, picture, () => positionOf(values, max, channel, channels));
      }
      scales[channel] = 1 / binWidth(totals.exponents[channel]!);
      // `count` puts zeros and NaN there, and infinity into the outermost bins.
      bins[first + ZERO_BIN]! -= zeros[channel]! + (odd ? odd.nan : 0);
      if (odd) {
        bins[first]! -= odd.negativeInfinity;
        bins[first + BINS - 1]! -= odd.positiveInfinity;
      }
    }
    functions.count(places.data, positions, channels, places.scales, this.starts[layer]!);
  }

  /** Moves the histograms into the statistics. */
  finish(): void {
    const { buffer } = this.functions.memory;
    for (const [i, { bins, channels }] of this.layers.entries()) {
      bins.set(new Uint32Array(buffer, this.starts[i]!, channels * BINS));
    }
  }

  /** Where a picture's values and their sums lie. */
  private layOut(positions: number, channels: number) {
    const sizes = {
      data: 4 * positions * channels,
      sums: 8 * channels,
      squares: 8 * channels,
      mins: 4 * channels,
      maxs: 4 * channels,
      zeros: 4 * channels,
      scales: 4 * channels,
    };
    let at = this.scratch;
    const places = Object.fromEntries(
      Object.entries(sizes).map(([name, bytes]) => {
        const place = at;
        at += Math.ceil(bytes / 16) * 16;
        return [name, place];
      }),
    );
    this.reserve(at);
    return places as Record<keyof typeof sizes, number>;
  }

  private reserve(bytes: number): number {
    const base = this.functions.reserve(bytes);
    if (base === 0) throw new RangeError(`no memory for ${bytes} bytes of a layer's output`);
    return base;
  }
}

function addOdd(totals: LayerTotals, channel: number, odd: Odd): void {
  if (odd.count) addMoments(totals, channel, odd.count, odd.mean, odd.squares);
  for (const name of ['nan', 'positiveInfinity', 'negativeInfinity'] as const)
    totals[name][channel]! += odd[name];
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

/** The first position of a value. */
function positionOf(values: Float32Array, value: number, channel: number, channels: number): number {
  let at = channel;
  while (values[at] !== value) at += channels;
  return (at - channel) / channels;
}
