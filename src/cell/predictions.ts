import { checkKinds } from '../checks/check-kinds';
import type { Model } from '../keras/model';
import { answerOf } from '../keras/run/answer';
import type { Input } from '../keras/run/inputs';
import { type Labels, labelsOf } from '../keras/run/labels';
import type { Prediction } from '../maps/prediction';
import { readLabels } from './read-labels';

/** Options of `predictions`. */
export interface PredictionsOptions {
  /**
   * Names of the classes, in the order of training: a list, or the path of a text file (one name per line) or of a JSON
   * file (a list, Keras's `class_indices`, ImageNet's `imagenet_class_index.json`). Default: their numbers.
   */
  labels?: Labels | string | URL;
  /** How many classes, the highest first. Default 5. */
  top?: number;
  /** Which picture of a batch. Default 0. */
  sample?: number;
  /** Which output, by its number or name. Needed when there are several. */
  output?: string | number;
}

const KINDS = { labels: 'any', top: 'number', sample: 'number', output: 'any' } as const;

/**
 * A model's answer: its classes by name with their scores, highest first.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model needs it, or a tensor; a list for several inputs
 * @param options names of the classes, and how many
 * @returns one per class; a single unit with a sigmoid counts as two classes
 * @throws {RangeError} when the output is not a list of classes, or the labels are more or fewer than its classes
 * @throws {TypeError} when an input is neither picture nor tensor, or the labels cannot be read
 * @throws {ModelError} when a layer fails on what it is given
 * @example
 * const answer = await predictions(model, img, { labels: ['cat', 'dog'] });
 * console.log(answer[0].label); // cat
 */
export async function predictions(
  model: Model,
  input: Input | readonly Input[],
  options: PredictionsOptions = {},
): Promise<Prediction[]> {
  checkKinds('say what the model predicts', options, KINDS);
  const { labels, top = 5, sample = 0, output } = options;
  if (!Number.isInteger(top) || top < 1) {
    throw new RangeError(`Cannot show the top ${top}: give a whole number from 1, such as { top: 5 }.`);
  }
  const isFile = typeof labels === 'string' || labels instanceof URL;
  const names = labels === undefined ? undefined : isFile ? await readLabels(labels) : labelsOf(labels);
  return answerOf(model, input, { labels: names, top, sample, output });
}
