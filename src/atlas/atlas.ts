import type { Model } from '../keras/model';
import type { Atlas } from '../maps/atlas';
import type { AtlasOptions } from './atlas-options';

/**
 * What the channels of a model respond to over a set of pictures: statistics of each channel, the pictures and places
 * of its largest values, and what tells classes apart. Pictures are read and run in batches, layer by layer; memory does
 * not grow with their number, but for the largest values of each picture (4 bytes per picture and channel), which are
 * kept in `out` where it is given.
 *
 * Pictures that cannot be read are left out and listed in `skipped`.
 *
 * @param model as `loadModel` returns it, or the path of its file
 * @param pictures a folder (with all below it), a pattern such as 'pictures/*.jpg', a list (.txt, one path per line), or
 *   a data set in one file: .npz, MNIST's IDX, CIFAR's binary
 * @param options which layers, how many pictures, and where to write
 * @returns the atlas, as plain data
 * @throws {TypeError} when the model was disposed, or an option is of the wrong kind
 * @throws {RangeError} when a layer does not exist, or an option is out of range
 * @throws {AtlasError} when there are no pictures, or `out` cannot be written to
 * @throws {ModelError} when a layer fails
 * @example
 * const a = await atlas(model, 'drawn.npz', { layers: ['conv2d_1', 'conv2d_3'], stopAfter: 64, out: 'atlas' });
 */
export async function atlas(
  model: Model | string | URL,
  pictures: string | URL,
  options: AtlasOptions = {},
): Promise<Atlas> {
  const { makeAtlas }: typeof import('./make-atlas') = require('./make-atlas');
  return makeAtlas(model, pictures, options);
}
