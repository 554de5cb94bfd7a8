import { nearest } from '../checks/nearest';
import { type Labels, labelsOf } from '../keras/run/labels';
import { kindOfScores, namedScores } from '../maps/prediction';
import type { ScoredModel } from './scored-model';
import type { Explained, TargetChoice } from './target';

/** The scores of a batch, by sample and position. */
interface Scores {
  values: Float32Array;
  /** Sizes of the output's axes but the batch and the classes. */
  sizes: readonly number[];
  batch: number;
  positions: number;
  units: number;
  /** One unit with a sigmoid is two classes: its score is the second's. */
  isPair: boolean;
}

/**
 * The weights that make the explained number of each sample out of a model's scores.
 *
 * @param shape of the scores
 * @throws {RangeError} when the class or the region does not exist
 */
export function targetWeights(
  { final, name }: ScoredModel,
  { index, region }: TargetChoice,
  labels: Labels | undefined,
  values: Float32Array,
  shape: readonly number[],
): { weights: Float32Array; explained: Explained[] } {
  const units = shape.length > 1 ? shape.at(-1)! : 1;
  const sizes = shape.slice(1, -1);
  const positions = sizes.reduce((product, size) => product * size, 1);
  const isPair = units === 1 && final?.activation === 'sigmoid';
  const scores: Scores = { values, sizes, batch: shape[0] ?? 1, positions, units, isPair };
  const names = labels === undefined ? undefined : labelsOf(labels);
  const isMap = positions > 1;
  if (isMap && index === undefined) {
    throw new RangeError(
      `Cannot explain: the output "${name}" has scores at ${sizes.join(' × ')} positions. Choose a class, such as { target: { index: 1 } }, and if you like a region.`,
    );
  }
  if (!isMap && region !== undefined) {
    throw new RangeError(
      `Cannot explain a region: the output "${name}" has one score per class. Leave it out.`,
    );
  }
  const classes = isPair ? 2 : units;
  const wanted = index === undefined ? undefined : classIndex(index, names, classes);
  const weights = new Float32Array(values.length);
  const explained = Array.from({ length: scores.batch }, (_, sample): Explained => {
    const own = values.subarray(sample * positions * units, (sample + 1) * positions * units);
    const chosen = wanted ?? highest(own, isPair);
    const sign = isPair && chosen === 0 ? -1 : 1;
    const unit = isPair ? 0 : chosen;
    const shares = isMap
      ? sharesOf(scores, own, chosen, region)
      : { at: Float32Array.of(1), words: undefined };
    let score = 0;
    for (let position = 0; position < positions; position++) {
      const weight = sign * shares.at[position]!;
      weights[(sample * positions + position) * units + unit] = weight;
      if (weight) score += weight * own[position * units + unit]!;
    }
    return {
      output: name,
      index: chosen,
      label: nameOf(names, chosen, classes),
      score,
      before: final?.activation,
      ...(shares.words && { region: shares.words }),
      answer: isMap ? [] : answerOf(own, final?.activation, names),
    };
  });
  return { weights, explained };
}

function classIndex(index: number | string, names: readonly string[] | undefined, classes: number): number {
  if (typeof index === 'string') {
    if (!names) {
      throw new RangeError(
        `Cannot explain "${index}": there are no labels. Pass { labels }, or the class's index.`,
      );
    }
    const found = names.indexOf(index);
    if (found >= 0 && found < classes) return found;
    throw new RangeError(
      `Cannot explain "${index}": there is no such label.${nearest(index, names)} Use one of the labels.`,
    );
  }
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw new RangeError(
    `Cannot explain class ${index}: the output has ${classes} class${classes === 1 ? '' : 'es'}. Choose ${classes === 1 ? '0' : `a whole number from 0 to ${classes - 1}`}.`,
  );
}

/** The class with the highest score; the first of equals. */
function highest(scores: Float32Array, isPair: boolean): number {
  if (isPair) return scores[0]! > 0 ? 1 : 0;
  return scores.reduce((best, score, i) => (score > scores[best]! ? i : best), 0);
}

/** The weight of each position of a segmentation. */
function sharesOf(
  { sizes, positions, units, isPair }: Scores,
  own: Float32Array,
  chosen: number,
  region: TargetChoice['region'],
): { at: Float32Array; words: string } {
  const [height, width] = sizes.length === 1 ? [1, sizes[0]!] : [sizes[0]!, positions / sizes[0]!];
  if (region === undefined) {
    const at = Float32Array.from({ length: positions }, (_, i) =>
      highest(own.subarray(i * units, (i + 1) * units), isPair) === chosen ? 1 : 0,
    );
    const count = at.reduce((sum, one) => sum + one, 0);
    if (count)
      return { at, words: `the ${count} of ${positions} positions where the class has the highest score` };
    throw new RangeError(
      `Cannot explain class ${chosen}: it has the highest score nowhere. Choose where with { region: { rows, columns } }.`,
    );
  }
  if ('data' in region) {
    if (region.height !== height || region.width !== width) {
      throw new RangeError(
        `Cannot explain the region: its weights are ${region.height} × ${region.width}, the output is ${height} × ${width}. Give one for each position.`,
      );
    }
    return { at: Float32Array.from(region.data), words: 'positions by their weights' };
  }
  const { rows, columns } = region;
  const fits = (ends: readonly number[] | undefined, size: number) =>
    Array.isArray(ends) &&
    ends.length === 2 &&
    ends.every(Number.isInteger) &&
    ends[0] >= 0 &&
    ends[0] < ends[1] &&
    ends[1] <= size;
  if (!fits(rows, height) || !fits(columns, width)) {
    throw new RangeError(
      `Cannot explain the region ${JSON.stringify(region)}: the output has ${height} rows and ${width} columns. Give { rows: [from, to], columns: [from, to] }, to exclusive.`,
    );
  }
  const inside = (i: number, [from, to]: readonly [number, number]) => i >= from && i < to;
  const at = Float32Array.from({ length: positions }, (_, i) =>
    inside(Math.floor(i / width), rows) && inside(i % width, columns) ? 1 : 0,
  );
  return { at, words: `rows ${rows[0]} to ${rows[1] - 1}, columns ${columns[0]} to ${columns[1] - 1}` };
}

function nameOf(names: readonly string[] | undefined, index: number, classes: number): string {
  // As predictions names them: one label of two classes is the second's.
  if (names?.length === 1 && classes === 2) return index ? names[0]! : `not ${names[0]}`;
  return names?.[index] ?? String(index);
}

/** The classes with the output's own numbers: probabilities, if it ends with a softmax or sigmoid. */
function answerOf(
  scores: Float32Array,
  activation: string | undefined,
  names: readonly string[] | undefined,
) {
  const most = scores.reduce((largest, score) => Math.max(largest, score), Number.NEGATIVE_INFINITY);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const values =
    activation === 'softmax'
      ? powers.map((power) => power / total)
      : activation === 'sigmoid'
        ? Array.from(scores, (score) => 1 / (1 + Math.exp(-score)))
        : Array.from(scores);
  return namedScores(values, kindOfScores(values, activation), names);
}
