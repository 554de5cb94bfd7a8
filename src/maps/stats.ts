import { kindOf } from '../checks/kind-of';
import { isActivation, valueName } from '../checks/value-name';

/** Statistics of values. Non-finite values are counted, and left out of everything else. */
export interface Stats {
  /** Of the finite values. */
  readonly mean: number;
  /** Population standard deviation, as numpy's `std`. */
  readonly std: number;
  /** The smallest finite value. */
  readonly min: number;
  /** The largest finite value. */
  readonly max: number;
  /** Share of values that are exactly 0, in 0..1. */
  readonly sparsity: number;
  /** Whether all values are the same finite number, so that no scale can show anything. */
  readonly dead: boolean;
  /** How many are NaN. */
  readonly nan: number;
  /** How many are +Infinity. */
  readonly positiveInfinity: number;
  /** How many are −Infinity. */
  readonly negativeInfinity: number;
}

/** How many values are NaN or infinite. */
export function notFiniteCount({
  nan,
  positiveInfinity,
  negativeInfinity,
}: Pick<Stats, 'nan' | 'positiveInfinity' | 'negativeInfinity'>): number {
  return nan + positiveInfinity + negativeInfinity;
}

/**
 * Statistics in double precision; without any finite value, mean, std, min and max are NaN.
 *
 * @param values in any order
 * @returns mean, standard deviation, smallest and largest value, share of zeros, and counts of values that are not finite
 * @throws {TypeError} when it is not an array of numbers
 * @example
 * console.log(stats(featureMap(activations[0], 1).data).sparsity);
 */
export function stats(values: ArrayLike<number>): Stats {
  if (typeof values !== 'object' || typeof values?.length !== 'number') {
    const inside = isActivation(values)
      ? 'Pass its data'
      : 'Pass an array of numbers, such as featureMap(…).data';
    throw new TypeError(`Cannot compute statistics: this is ${valueName(values)}. ${inside}.`);
  }
  if (Array.isArray(values)) {
    const wrong = values.find((value) => typeof value !== 'number');
    if (wrong !== undefined || values.includes(undefined))
      throw new TypeError(
        `Cannot compute statistics: a value is ${kindOf(wrong)}. Pass an array of numbers.`,
      );
  }
  let [count, sum, zeros, nan, positiveInfinity, negativeInfinity] = [0, 0, 0, 0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) nan++;
    else if (value === Infinity) positiveInfinity++;
    else if (value === -Infinity) negativeInfinity++;
    else {
      count++;
      sum += value;
      if (value === 0) zeros++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  const mean = sum / count;
  // A second pass: the one-pass formula loses precision for values far from 0.
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - mean;
    if (Number.isFinite(deviation)) squares += deviation * deviation;
  }
  return {
    mean,
    std: Math.sqrt(squares / count),
    min: count ? min : NaN,
    max: count ? max : NaN,
    sparsity: values.length ? zeros / values.length : 0,
    dead: count === values.length && min === max,
    nan,
    positiveInfinity,
    negativeInfinity,
  };
}
