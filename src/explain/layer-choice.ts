import { isObject } from '../checks/is-object';
import type { Layer, LayerChoice } from '../keras/model';
import { chooseLayers } from '../keras/run/choose-layers';
import { type Step, stepsOf } from '../keras/run/plan';
import type { ScoredModel } from './scored-model';

const CONVOLUTION = /^(Separable|Depthwise)?Conv/;

/** A layer of a model, and the tensor that it makes. */
export interface ChosenLayer {
  name: string;
  tensor: number;
}

/**
 * The layer that is asked for: of several runs, the last.
 *
 * @param what the call that fails, as an error says it: `explain`
 * @throws {RangeError} when there is no such layer, or a pattern matches several
 */
export function chosenLayer(
  scored: Pick<ScoredModel, 'model' | 'plan'>,
  choice: LayerChoice,
  what = 'explain',
): ChosenLayer {
  const { model, plan } = scored;
  const steps = chooseLayers(model, stepsOf(model as never), choice, undefined, what);
  const names = [...new Set(steps.map(({ name }) => name))];
  if (names.length === 0) throw new RangeError(`Cannot ${what}: no layer is chosen. Give the name of one.`);
  if (names.length > 1) {
    throw new RangeError(
      `Cannot ${what}: ${names.length} layers match ${String(choice)}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}. Choose one.`,
    );
  }
  return chosenStep(plan.tensors, steps.at(-1)!);
}

/**
 * The last convolutional layer with more than one position, in nested models too; the layer that makes a segmentation
 * does not count.
 *
 * @throws {RangeError} when there is none
 */
export function lastConvolution({ nodes, final, output, name }: ScoredModel): ChosenLayer {
  const isLast = (makes: readonly number[]) => makes.includes(output);
  const maps = nodes.filter(
    (node) =>
      isConvolution(node.layer as unknown as Layer) &&
      node !== final?.node &&
      !isLast(node.makes) &&
      node.shape.length >= 3 &&
      node.shape.length <= 4 &&
      node.shape.slice(1, -1).some((size) => size !== 1),
  );
  const found = maps.findLast(({ shape }) => shape.length === 4) ?? maps.at(-1);
  if (found) return { name: found.name, tensor: found.makes[0]! };
  throw new RangeError(
    `Cannot make a class heatmap: no convolutional layer with a map leads to the output "${name}". Choose a layer with { layer }, or use saliency.`,
  );
}

function isConvolution(layer: Layer): boolean {
  const className = layer.getClassName();
  if (className !== 'SpectralNormalization') return CONVOLUTION.test(className);
  const inside = layer.getConfig()['layer'];
  return isObject(inside) && CONVOLUTION.test(String(inside['class_name']));
}

function chosenStep(tensors: ReadonlyMap<string, readonly number[]>, { path, name }: Step): ChosenLayer {
  return { name, tensor: tensors.get(path)![0]! };
}
