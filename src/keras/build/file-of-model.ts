import type { Dialect, GraphSpec } from '../file/graph';
import type { LayerAtPath } from './filled-weight';

/** What a model was made of, so that it can be written into a page. */
export interface FileOfModel {
  /** The layers as the file has them. */
  graph: GraphSpec;
  dialect: Dialect;
  /** The layers that have weights in the file, in its order. */
  placed: readonly LayerAtPath[];
}

const files = new WeakMap<object, FileOfModel>();

/** Remembers what a model was made of, as long as the model lives. */
export function keepFile(model: object, file: FileOfModel): void {
  files.set(model, file);
}

/** What a model was made of; undefined for a model that `loadModel` did not make. */
export function fileOfModel(model: object): FileOfModel | undefined {
  return files.get(model);
}
