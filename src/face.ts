/** The values of this package that a notebook shows in a form of their own. */
export type Faced = 'picture' | 'activation' | 'activations' | 'model' | 'layer' | 'tensor';

type Draw = (value: never) => Record<string, unknown>;

const drawn: Partial<Record<Faced, Draw>> = {};

/** Sets how values of a kind are shown: by MIME type. Who makes the values does not know how they are drawn. */
export function setFace(kind: Faced, draw: Draw): void {
  drawn[kind] = draw;
}

/**
 * Gives a value, or a prototype, the method by which Jupyter kernels (ours, Deno's) show it as a cell's last value.
 */
export function withFace<T extends object>(kind: Faced, value: T): T {
  // Not enumerable: copies and comparisons of the value see plain data only.
  function face(this: T) {
    return drawn[kind]?.(this as never);
  }
  return Object.defineProperty(value, Symbol.for('Jupyter.display'), { value: face, configurable: true });
}
