import { checkOptions } from '../checks/check-options';
import { kindOf } from '../checks/kind-of';
import type { LayerChoice, Model } from '../keras/model';
import { checkInputs, checkModel } from '../keras/run/check-inputs';
import { type Input, inputTensors } from '../keras/run/inputs';
import type { Labels } from '../keras/run/labels';
import { ready, tf as tensorflow } from '../tensorflow/running';
import { classMap, mapSize } from './class-map';
import { type Explanation, explanationOf } from './explanation';
import { chosenLayer, lastConvolution } from './layer-choice';
import { scoreCam } from './score-cam';
import { type ChooseWeights, scoreGradient } from './score-gradient';
import { cutAt, scoredModel } from './scored-model';
import { type Explained, type Target, targetChoice } from './target';
import { targetWeights } from './target-weights';

/** Options of `gradCam`. */
export interface GradCamOptions {
  /**
   * The class to explain: its index, its label (with `labels`), or `{ output, index, region }` for one of several
   * outputs or for a segmentation. Default: the class with the highest score, of each sample.
   */
  target?: Target;
  /** The layer whose maps are weighted. Default: the last convolutional layer, in nested models too. */
  layer?: LayerChoice;
  /**
   * How its channels are weighted. 'grad-cam' by their mean gradient; 'grad-cam++' by positive gradients, which shows
   * several objects of one class better; 'layer-cam' each position by its own gradient, for earlier layers;
   * 'score-cam' without gradients, by the score of the picture seen through each channel, which takes one prediction
   * per channel. Default 'grad-cam'.
   */
  method?: 'grad-cam' | 'grad-cam++' | 'layer-cam' | 'score-cam';
  /** Names of the classes, in the order of training: a list or Keras's `class_indices`. Default: their numbers. */
  labels?: Labels;
}

const METHODS = ['grad-cam', 'grad-cam++', 'layer-cam', 'score-cam'];

/**
 * Where a model sees a class: a heatmap as large as a layer's maps, to be laid over the picture. It explains the score
 * before the softmax or sigmoid at the model's end, since a probability also rises when other classes fall.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model needs it, or a tensor, batch first; a list of them for
 *   several inputs; not changed
 * @param options which class, which layer, which method
 * @returns [batch, height, width, 1] at the layer's own size (of a sequence [batch, steps, 1]), no value below 0, not
 *   scaled; `explained` says which class, and with which score
 * @throws {TypeError} when an input is not a tensor or picture, or an option is unknown
 * @throws {RangeError} when the class, layer, output or method does not exist, or no layer has a map
 * @throws {ModelError} when a layer has no gradient, which is named, or fails on its input
 * @example
 * const classMap = await gradCam(model, img, { labels: ['cat', 'dog'] });
 * overlay(img, classMap, { cmap: 'turbo' });
 */
export async function gradCam(
  model: Model,
  input: Input | readonly Input[],
  options: GradCamOptions = {},
): Promise<Explanation> {
  checkOptions('make a class heatmap', options, ['target', 'layer', 'method', 'labels']);
  checkModel('make a class heatmap', model);
  const { method = 'grad-cam', layer, labels } = options;
  if (!METHODS.includes(method)) {
    const shown = typeof method === 'string' ? `"${method}"` : kindOf(method);
    throw new RangeError(
      `Cannot make a class heatmap: method is ${shown}. Choose ${METHODS.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
  const target = targetChoice(options.target);
  await ready();
  const tf = tensorflow();
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    checkInputs(model, tensors);
    const scored = scoredModel(model, target.output);
    const chosen =
      layer === undefined ? lastConvolution(scored) : chosenLayer(scored, layer, 'make a class heatmap');
    let explained: Explained[] = [];
    const chooseWeights: ChooseWeights = (scores, shape) => {
      const chosen = targetWeights(scored, target, labels, scores, shape);
      explained = chosen.explained;
      return chosen.weights;
    };
    const cut = cutAt(scored, chosen.tensor);
    const inputs = tensors as never;
    if (method === 'score-cam') {
      const { shape, map } = await scoreCam(tf, cut, inputs, chooseWeights);
      return explanationOf(method, chosen.name, shape, map, explained);
    }
    const { shape, values, gradient } = scoreGradient(tf, cut, inputs, chooseWeights);
    const size = mapSize(chosen.name, shape);
    const map = classMap(method, values, gradient, size);
    return explanationOf(method, chosen.name, [...shape.slice(0, -1), 1], map, explained);
  } finally {
    free();
  }
}
