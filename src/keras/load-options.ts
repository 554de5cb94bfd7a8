import { checkOptions } from '../checks/check-options';
import { kindOf } from '../checks/kind-of';

/** Options of `loadModel`. */
export interface LoadOptions {
  /** The most bytes that the file's contents may take in memory. Default 4 GB. */
  maxBytes?: number;
  /**
   * The file of the weights, where the model's own file has none: `model.save_weights()` beside `model.to_json()`. In Node also a
   * checkpoint of TensorFlow: its name, one of its files, or its folder.
   * Beside a whole model its weights replace those of the model.
   */
  weights?: string | URL | Uint8Array;
}

const FOUR_GB = 4 * 1024 ** 3;

/**
 * Checks the options of `loadModel`.
 *
 * @param known the names of its options, which differ between Node and browsers
 * @returns the most bytes
 * @throws {TypeError} for an option that does not exist, or a limit that is not a number
 * @throws {RangeError} when the limit is not positive
 */
export function limitOf(options: LoadOptions, known: readonly string[] = ['maxBytes', 'weights']): number {
  checkOptions('load a model', options, known);
  const limit = options.maxBytes ?? FOUR_GB;
  if (typeof limit !== 'number') {
    throw new TypeError(`Cannot load a model: maxBytes is ${kindOf(limit)}. Give a number of bytes.`);
  }
  if (limit > 0) return limit;
  throw new RangeError(`Cannot load a model: maxBytes is ${limit}. Give a number of bytes.`);
}
