/** A part of a pattern, as acorn's tree (ESTree) or swc's has it. */
interface Pattern {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own properties
  [property: string]: any;
}

/** The names that a pattern binds, such as `a`, `b` and `c` of `{ a, x: [b], ...c }`. Takes acorn's tree and swc's. */
export function* boundNames(pattern: object | null | undefined): Generator<string> {
  const part = pattern as Pattern | null | undefined;
  switch (part?.type) {
    case 'Identifier':
      // swc has the name of an identifier as `value`.
      yield part['name'] ?? part['value'];
      break;
    case 'ObjectPattern':
      for (const property of part['properties']) {
        // `{ a }` and `{ a = 1 }` of swc; its `value` is the default.
        const isShort = property.type === 'AssignmentPatternProperty';
        yield* boundNames(isShort ? property.key : (property.value ?? property.argument));
      }
      break;
    case 'ArrayPattern':
      for (const element of part['elements']) yield* boundNames(element);
      break;
    case 'AssignmentPattern':
      yield* boundNames(part['left']);
      break;
    case 'RestElement':
      yield* boundNames(part['argument']);
  }
}
