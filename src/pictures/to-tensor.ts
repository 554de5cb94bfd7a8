import type { Tensor } from '../keras/model';
import { makeTensor } from '../tensorflow/make-tensor';
import type { Picture } from './pixels';

/**
 * The picture as a batch of one, as `img_to_array(img)[None] / 255` makes it.
 *
 * @param picture what `loadImage` returns; left as it is
 * @param options how bytes become numbers
 * @param options.rescale factor on the bytes; default 1/255, so values lie in 0..1
 * @returns float32 of shape [1, height, width, channels]; the caller disposes of it
 * @throws {TypeError} when it is no picture
 * @example
 * const imgTensor = toTensor(img);
 * console.log(imgTensor.shape); // [1, 150, 150, 3]
 */
export function toTensor(picture: Picture, { rescale = 1 / 255 }: { rescale?: number } = {}): Tensor {
  const { height, width, channels, data } = picture;
  if (!(data instanceof Uint8Array) || data.length !== height * width * channels) {
    throw new TypeError('Cannot make a tensor: not a picture. Pass what loadImage returns.');
  }
  // Float32Array rounds each product once, which equals Keras's float32 division for every byte.
  const values = new Float32Array(256).map((_, byte) => byte * rescale);
  return makeTensor(
    Float32Array.from(data, (byte) => values[byte]!),
    [1, height, width, channels],
  );
}
