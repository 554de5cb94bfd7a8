import { kindOf } from '../checks/kind-of';
import type { FeatureMap } from '../maps/activation';
import type { Prediction } from '../maps/prediction';

/** Positions of an output that has a score at each: rows and columns, each from the first to before the second. */
export interface Region {
  /** First row, and the row after the last. */
  readonly rows: readonly [from: number, to: number];
  /** First column, and the column after the last. */
  readonly columns: readonly [from: number, to: number];
}

/** What is explained: a class, by index or label, of one of several outputs, or in a region of a segmentation. */
export interface TargetChoice {
  /** Which output, by its number or name. Needed when there are several. */
  output?: string | number;
  /** The class, by index or label. Default: the one with the highest score; of a segmentation it is needed. */
  index?: number | string;
  /** Of a segmentation: positions, or a weight for each. Default: where the class has the highest score. */
  region?: Region | FeatureMap;
}

/** A class by its index or label, or a `TargetChoice`. */
export type Target = number | string | TargetChoice;

/** What was explained, of one sample. */
export interface Explained {
  /** The output's name. */
  readonly output: string;
  /** The class. */
  readonly index: number;
  /** Its name, or its index if there are no labels. */
  readonly label: string;
  /** The number whose cause is shown: the class's score before `before`, over the region its sum. */
  readonly score: number;
  /** The activation at the output's end that the score does not include; undefined if there is none. */
  readonly before: 'softmax' | 'sigmoid' | undefined;
  /** The region in words; undefined if the output has one score per class. */
  readonly region?: string;
  /** The model's answer, highest score first; empty for a segmentation. */
  readonly answer: readonly Prediction[];
}

/** @throws {TypeError} when a target is of another kind */
export function targetChoice(target: Target | undefined): TargetChoice {
  if (target === undefined) return {};
  if (typeof target === 'number' || typeof target === 'string') return { index: target };
  if (typeof target === 'object' && target !== null && !Array.isArray(target)) {
    const unknown = Object.keys(target).find((name) => !['output', 'index', 'region'].includes(name));
    if (unknown === undefined) return target;
    throw new TypeError(`Cannot explain: target has no "${unknown}". It has output, index and region.`);
  }
  throw new TypeError(
    `Cannot explain: target is ${kindOf(target)}. Give an index, a label or { output, index, region }.`,
  );
}
