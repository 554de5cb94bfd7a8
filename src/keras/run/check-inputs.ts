import { isPromise, kindOf } from '../../checks/kind-of';
import { type Model, type Shape, shapeText, type Tensor } from '../model';

/**
 * @param what the call that fails, as an error says it: `predict`
 * @throws {TypeError} when it is not a model, or has been disposed
 */
export function checkModel(what: string, model: unknown): void {
  const given = model as { layers?: unknown; _refCount?: number } | null | undefined;
  if (typeof given !== 'object' || !Array.isArray(given?.layers)) {
    throw new TypeError(
      `Cannot ${what}: the model is ${kindOf(model)}. ${isPromise(model) ? 'Write: const model = await loadModel(…)' : 'Give what loadModel returns'}.`,
    );
  }
  // TensorFlow.js counts references to a layer.
  if (given._refCount !== 0) return;
  throw new TypeError(
    `Cannot ${what}: the model was disposed. Load it again, and dispose it after its last use.`,
  );
}

/**
 * @throws {RangeError} when the number of tensors, or a shape, does not fit the model, or a tensor is empty
 * @throws {TypeError} when a tensor holds other values than real numbers
 */
export function checkInputs(model: Model, inputs: readonly Tensor[]): void {
  const names = model.inputs.map(({ name }) => name).join(', ');
  if (inputs.length !== model.inputs.length) {
    throw new RangeError(
      `Cannot predict: the model has ${model.inputs.length} inputs and ${inputs.length} tensors were given. Give one for each: ${names}.`,
    );
  }
  model.inputs.forEach(({ name, shape }, i) => {
    const { shape: given, dtype } = inputs[i] as Tensor & { dtype?: string };
    if (dtype === 'string' || dtype === 'complex64') {
      const holds = dtype === 'string' ? 'texts' : 'complex numbers';
      throw new TypeError(
        `Cannot predict: input "${name}" needs real numbers and the tensor holds ${holds}.`,
      );
    }
    if (given.includes(0)) {
      throw new RangeError(
        `Cannot predict: the tensor for input "${name}" is empty, of shape ${shapeText(given)}. Give at least one sample.`,
      );
    }
    if (given.length === shape.length && shape.every((size, axis) => size === null || size === given[axis]))
      return;
    throw new RangeError(
      `Cannot predict: input "${name}" needs shape ${shapeText(shape)} and the tensor has ${shapeText(given)}. ${wayOut(shape, given)}`,
    );
  });
}

const MODES: Record<number, string> = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' };

/** What to do about a tensor whose shape does not fit. */
function wayOut(shape: Shape, given: readonly number[]): string {
  if (shape.length !== 4) return 'Reshape it, or make a batch of it.';
  if (given.length === 3) return 'Add the batch axis, as toTensor() does.';
  if (given.length !== 4) return 'Give a batch of pictures, as toTensor() makes it.';
  const [, height, width, channels] = shape;
  const mode = channels !== null && channels !== given[3] ? MODES[channels!] : undefined;
  const isSize = (height !== null && height !== given[1]) || (width !== null && width !== given[2]);
  const size = `targetSize: [${height ?? given[1]}, ${width ?? given[2]}]`;
  const options = [...(mode ? [`colorMode: '${mode}'`] : []), ...(isSize ? [size] : [])];
  if (options.length) return `Load the picture with ${options.join(' and ')}.`;
  return 'Give a tensor with as many channels.';
}
