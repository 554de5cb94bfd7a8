import { valueName } from '../../checks/value-name';
import { ModelError } from '../../errors';
import { kindOfScores, namedScores, type Prediction } from '../../maps/prediction';
import { ready } from '../../tensorflow/running';
import { type Model, shapeText, type Tensor } from '../model';
import { checkInputs, checkModel } from './check-inputs';
import { finalActivationOf } from './final-activation';
import { flatPlanOf } from './flat-plan';
import { type Input, inputTensors } from './inputs';

/** Options of `answerOf`. */
export interface AnswerOptions {
  labels?: readonly string[];
  top: number;
  sample: number;
  output?: string | number;
}

/**
 * Runs a model and reads its output as scores of classes, highest first.
 *
 * @throws {RangeError} when the output is not a list of classes, or there is no such sample or output
 */
export async function answerOf(
  model: Model,
  input: Input | readonly Input[],
  { labels, top, sample, output }: AnswerOptions,
): Promise<Prediction[]> {
  checkModel('predict', model);
  await ready();
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    checkInputs(model, tensors);
    const at = outputIndex(model, output);
    const made = [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat() as Tensor[];
    try {
      const { shape } = made[at]!;
      const name = model.outputs[at]!.name;
      const [batch = 1] = shape;
      const classes = shape.at(-1) ?? 1;
      // A convolutional head has one row and one column.
      if (shape.length < 2 || shape.slice(1, -1).some((size) => size !== 1)) {
        throw new RangeError(
          `Cannot read ${name} as classes: its shape is ${shapeText(shape)}, not [batch, classes]. Use predict to see its maps.`,
        );
      }
      if (!(Number.isInteger(sample) && sample >= 0 && sample < batch)) {
        throw new RangeError(
          `Cannot show sample ${sample}: the batch has ${batch}. Choose a whole number from 0 to ${batch - 1}.`,
        );
      }
      const values = (await made[at]!.data()).subarray(sample * classes, (sample + 1) * classes);
      const kind = kindOfScores(values, activationOf(model, at));
      return namedScores(values, kind, labels).slice(0, top);
    } finally {
      for (const tensor of made) tensor.dispose();
    }
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof TypeError || !(cause instanceof Error)) throw cause;
    throw new ModelError(`Cannot predict: ${cause.message.split('\n')[0]}. Check the input.`, { cause });
  } finally {
    free();
  }
}

/**
 * Which output is meant.
 *
 * @param output its number or name; needed when there are several
 * @throws {TypeError} when it is neither a number nor a name
 * @throws {RangeError} when there are several and none is chosen, or there is no such output
 */
export function outputIndex(model: Model, output: string | number | undefined): number {
  const names = model.outputs.map(({ name }) => name);
  const listed = names.map((name, i) => `${i} (${name})`).join(', ');
  if (output === undefined) {
    if (names.length === 1) return 0;
    throw new RangeError(
      `Cannot say what the model predicts: it has ${names.length} outputs. Choose one with { output }: ${listed}.`,
    );
  }
  if (typeof output !== 'number' && typeof output !== 'string') {
    throw new TypeError(
      `Cannot say what the model predicts: output is ${valueName(output)}. Give its number or name: ${listed}.`,
    );
  }
  const at =
    typeof output === 'number'
      ? output
      : names.findIndex((name) => name === output || name.startsWith(`${output}/`));
  if (names[at] !== undefined) return at;
  throw new RangeError(
    `Cannot say what the model predicts: it has no output ${output}. Its outputs: ${listed}.`,
  );
}

/** The activation that an output ends with; undefined if unknown. */
function activationOf(model: Model, at: number): string | undefined {
  const plan = flatPlanOf(model as never);
  return finalActivationOf(plan, plan.outputs[at]!)?.activation;
}
