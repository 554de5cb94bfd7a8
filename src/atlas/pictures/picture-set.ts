import type { Pixels } from '../../pictures/pixels';

/** A picture as it is stored: the bytes of a file, or its pixels. */
export type Stored = Uint8Array | Pixels;

/** The pictures of a data set. */
export interface PictureSet {
  /** Their names, in their order: paths with `/`, or numbers where a file holds many pictures. */
  readonly names: readonly string[];
  /** Their classes, where the set has them. */
  readonly classes?: { readonly names: readonly string[]; readonly labels: readonly number[] };
  /** Files of the folder that were left out, since their names are not those of pictures. */
  readonly others?: number;
  /** @throws {PictureError} when it cannot be read */
  read(name: string, index: number): Promise<Stored>;
}

/** Classes from the label of each picture: sorted by name, numbers by value; undefined stands for none. */
export function classesOf(labels: readonly (string | undefined)[]): {
  names: string[];
  labels: number[];
} {
  const names = [...new Set(labels.filter((label) => label !== undefined))];
  names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0));
  const indexes = new Map(names.map((name, i) => [name, i]));
  return { names, labels: labels.map((label) => (label === undefined ? -1 : indexes.get(label)!)) };
}
