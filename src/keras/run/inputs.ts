import { valueName } from '../../checks/value-name';
import type { Picture } from '../../pictures/pixels';
import { preprocessOfTensor, toTensor } from '../../pictures/to-tensor';
import type { Model, Tensor } from '../model';
import { preprocessOfModel } from './preprocess-of-model';

/** An input: a tensor, or a picture, which is preprocessed as the model needs it. */
export type Input = Tensor | Picture;

const warned = new WeakSet<object>();

/**
 * The tensors of the inputs, with a warning if the model needs pictures in another range.
 *
 * @returns the tensors, and a function that frees those made here
 */
export function inputTensors(model: Model, given: readonly Input[]): { tensors: Tensor[]; free(): void } {
  const made: Tensor[] = [];
  const free = () => {
    for (const tensor of made) tensor.dispose();
  };
  try {
    const tensors = given.map((input, i) => {
      if (!isPicture(input)) {
        checkTensor(input, given.length);
        warn(model, input);
        return input;
      }
      const tensor = toTensor(input, { preprocess: preprocessOfModel(model).mode });
      made.push(tensor);
      // Models of gray pictures often have no axis of channels, as MNIST has none.
      if (input.channels !== 1 || model.inputs[i]?.shape.length !== 3) return tensor;
      const flat = (tensor as Tensor & { reshape(shape: number[]): Tensor }).reshape([
        1,
        input.height,
        input.width,
      ]);
      made.push(flat);
      return flat;
    });
    return { tensors, free };
  } catch (error) {
    free();
    throw error;
  }
}

function checkTensor(input: unknown, count: number): void {
  const { dataSync, isDisposed } = (input ?? {}) as Record<string, unknown>;
  if (typeof dataSync === 'function' && isDisposed !== true) return;
  const advice =
    isDisposed === true
      ? 'Make it again with toTensor, and dispose of it after the last use'
      : 'Give a picture (loadImage) or a tensor (toTensor)';
  throw new TypeError(
    `Cannot predict: the input is ${valueName(input)}${count > 1 ? `, one of ${count}` : ''}. ${advice}.`,
  );
}

function isPicture(input: Input): input is Picture {
  return (input as Partial<Picture> | undefined)?.data instanceof Uint8Array;
}

/** Warns once per model: pictures in another range give plausible but wrong results. */
function warn(model: Model, input: Tensor): void {
  if (warned.has(model)) return;
  const way = preprocessOfTensor(input);
  const { mode, because } = preprocessOfModel(model);
  if (!way || !because || way === mode) return;
  warned.add(model);
  console.warn(
    `This model wants pictures preprocessed as '${mode}' (${because}), and the tensor has '${way}'. Use toTensor(picture, { preprocess: '${mode}' }), or give predict the picture itself.`,
  );
}
