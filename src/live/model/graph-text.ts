import { type GraphSpec, TensorRef } from '../../keras/file/graph';

/** Keys of what JSON lacks. No name in Python begins with this character. */
const REF = '\u2192tensor';
const NUMBER = '\u2192number';

/** A model's layers as JSON, with references to tensors and infinite numbers in a form of their own. */
export function graphText(graph: GraphSpec): string {
  return JSON.stringify(graph, (_, value) => {
    if (value instanceof TensorRef) return { [REF]: [value.layer, value.call, value.output] };
    return typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value;
  });
}

/** The layers from such a text; nothing in it is executed. */
export function parseGraph(text: string): GraphSpec {
  return JSON.parse(text, (_, value) => {
    const ref = value?.[REF];
    if (Array.isArray(ref)) return new TensorRef(String(ref[0]), Number(ref[1]), Number(ref[2]));
    return typeof value?.[NUMBER] === 'string' ? Number(value[NUMBER]) : value;
  });
}
