/** Inner layers that Keras does not sort alphabetically. */
const ORDER = [
  ['forward_layer', 'backward_layer'],
  ['query_dense', 'key_dense', 'gate_dense', 'value_dense', 'output_dense'],
];

const orderWith = (part: string) => ORDER.find((names) => names.includes(part.replace(/^_/, '')));

/**
 * Compares the paths of two weights of a layer, as Keras orders them.
 *
 * @param cells the names of an RNN's cells
 * @returns below 0 when `a` comes first
 */
export function compareNames(a: string, b: string, cells: readonly string[]): number {
  const [first, second] = [a.split('/'), b.split('/')];
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    const order = rankOf(first[at] ?? '', cells).localeCompare(rankOf(second[at] ?? '', cells), 'en', {
      numeric: true,
    });
    if (order !== 0) return order;
  }
  return 0;
}

/** A text to sort a name by. */
function rankOf(name: string, cells: readonly string[]): string {
  const known = name.replace(/^_/, '');
  const order = orderWith(name);
  if (order) return String(order.indexOf(known));
  if (cells.includes(name)) return String(cells.indexOf(name));
  // Weights of an activation layer follow the layer's own.
  return /^(recurrent_)?activation$/.test(known) ? `zz_${known}` : name;
}

/**
 * Whether the order of two attributes' paths is known: they are the same, parts of one of Keras's layers, or objects of
 * one class in a list, which are numbered (`dense`, `dense_1`; in a SavedModel `0`, `1`).
 */
export function namesInOrder(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [a.split('/'), b.split('/')];
  const at = first.findIndex((part, i) => part !== second[i]);
  const [one, other] = [first[at] ?? '', second[at] ?? ''];
  const order = orderWith(one);
  const base = (name: string) => name.replace(/(^|_)\d+$/, '');
  // The first part is an attribute; below it are lists and Keras's own layers.
  return order ? order === orderWith(other) : at > 0 && base(one) === base(other);
}
