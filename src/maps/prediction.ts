/** A model's score for one class. */
export interface Prediction {
  /** The class's name, or its number if there are no names. */
  readonly label: string;
  /** The model's score: a probability, 0..1, where `kind` is 'softmax' or 'sigmoid'. */
  readonly score: number;
  /** The class's index in the output. */
  readonly index: number;
  /** 'softmax': all classes add up to 1; 'sigmoid': each class by itself; 'raw': any number, as a logit is. */
  readonly kind: 'softmax' | 'sigmoid' | 'raw';
}

/** How to read an output's numbers: by the last layer's activation, or by their sum if it does not say. */
export function kindOfScores(scores: ArrayLike<number>, activation: string | undefined): Prediction['kind'] {
  if (activation === 'softmax' || activation === 'sigmoid') return activation;
  const all = Array.from(scores);
  const sum = all.reduce((total, score) => total + score, 0);
  return all.length > 1 && all.every((score) => score >= 0) && Math.abs(sum - 1) < 1e-3 ? 'softmax' : 'raw';
}

/**
 * The scores with names, highest first. One unit with a sigmoid is the probability of the second of two classes.
 *
 * @param labels names by class; without them, classes are numbered
 * @throws {RangeError} when there are more or fewer names than classes
 */
export function namedScores(
  scores: ArrayLike<number>,
  kind: Prediction['kind'],
  labels: readonly string[] | undefined,
): Prediction[] {
  const isBinary = scores.length === 1 && kind === 'sigmoid';
  const values = isBinary ? [1 - scores[0]!, scores[0]!] : Array.from(scores);
  const names = isBinary && labels?.length === 1 ? [`not ${labels[0]}`, labels[0]!] : labels;
  if (names && names.length !== values.length) {
    const needed = isBinary ? '2 classes (one unit with a sigmoid)' : `${values.length} classes`;
    throw new RangeError(
      `Cannot name the predictions: the model has ${needed} and there are ${names.length} labels. Give one for each class, in the order of training.`,
    );
  }
  return values
    .map((score, index): Prediction => ({ label: names?.[index] ?? String(index), score, index, kind }))
    .sort((a, b) => rank(b.score) - rank(a.score) || a.index - b.index);
}

/** NaN sorts last. */
function rank(score: number): number {
  return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
}
