import type { Dialect } from '../file/graph';

const dialects = new WeakMap<object, Dialect>();

/** Keeps which Keras wrote the file of a layer. */
export function keepDialect(layer: object, dialect: Dialect): void {
  dialects.set(layer, dialect);
}

/** Which Keras wrote the file of a layer; nothing for one that no file made. */
export function dialectOfLayer(layer: object): Dialect | undefined {
  return dialects.get(layer);
}
