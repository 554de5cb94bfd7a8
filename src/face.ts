/** The values of this package that a notebook shows in a form of their own. */
export type Faced = 'picture' | 'activation' | 'activations' | 'model' | 'layer' | 'tensor';

type Draw = (value: never) => Record<string, unknown>;

const drawn: Partial<Record<Faced, Draw>> = {};

/** Sets how values of a kind are shown: by MIME type. Who makes the values does not know how they are drawn. */
export function setFace(kind: Faced, draw: Draw): void {
  drawn[kind] = draw;
}

/**
 * Gives a value, or a prototype, the methods by which Jupyter kernels (ours, Deno's) show it as a cell's last value, and by
 * which `console.log` prints it: with the same text, and inside of another value with its first line.
 */
export function withFace<T extends object>(kind: Faced, value: T): T {
  // Not enumerable: copies and comparisons of the value see plain data only.
  function face(this: T) {
    return drawn[kind]?.(this as never);
  }
  function inspect(this: T, depth: number, options?: { depth?: number | null }) {
    try {
      const text = drawn[kind]?.(this as never)['text/plain'];
      if (typeof text !== 'string') return this;
      return depth === (options?.depth ?? Number.POSITIVE_INFINITY) ? text : text.split('\n')[0];
    } catch {
      return this;
    }
  }
  Object.defineProperty(value, Symbol.for('Jupyter.display'), { value: face, configurable: true });
  // An array prints its elements.
  if (Array.isArray(value)) return value;
  return Object.defineProperty(value, Symbol.for('nodejs.util.inspect.custom'), {
    value: inspect,
    configurable: true,
  });
}
