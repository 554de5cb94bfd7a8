import type { Node } from './references';

/** A name that a cell declares; a `variable` can be assigned to. */
export interface Declared {
  name: string;
  kind: 'variable' | 'value';
}

/**
 * The statement at the end of a cell that declares its names for later cells, as getters and setters. It begins on a line
 * of its own.
 */
export function declareStatement(names: readonly Declared[]): string {
  const accessors = names.map(({ name, kind }) => {
    const set = kind === 'variable' ? `set ${name}($value$) { ${name} = $value$; },` : '';
    return `get ${name}() { return ${name}; },${set}`;
  });
  return `\n;__require__.declare({ ${accessors.join(' ')} });`;
}

/** What stands before and after the expression of a cell's last statement, so that its value is kept. */
export const KEEP_LAST = ['__require__.last = (', ')'] as const;

/** Where the statement of {@link declareStatement} begins in a cell that ends with it. */
export const startOfDeclare = (program: Node): number | undefined => program['body'].at(-1)?.start;
