import type { CellNames } from '../notebook-messages';

/**
 * Which cells a run needs: those above that declare what it uses and have not run, and those that depend on what it
 * changes.
 *
 * @param cells in the order of the notebook
 * @param start the cell that the reader runs
 * @param changed names that this cell declares with another text than before
 * @param done the cells that have run as they are now
 * @returns cells in the order of the notebook
 */
export function cellsToRun(
  cells: readonly CellNames[],
  start: number,
  changed: Iterable<string>,
  done: ReadonlySet<number>,
): number[] {
  const after = dependents(cells, start, changed);
  const wanted = new Set([start, ...after]);
  for (const cell of [start, ...after]) addNeeded(cells, cell, done, wanted);
  return [...wanted].sort((a, b) => a - b);
}

/** The cells below whose names come, directly or not, from the changed ones. */
function dependents(cells: readonly CellNames[], start: number, changed: Iterable<string>): number[] {
  const names = new Set(changed);
  const found: number[] = [];
  for (let i = start + 1; i < cells.length; i++) {
    const { declares, uses } = cells[i]!;
    const own = Object.keys(declares);
    if (uses.some((name) => names.has(name))) {
      found.push(i);
      for (const name of own) names.add(name);
    } else {
      // Declared anew without them.
      for (const name of own) names.delete(name);
    }
  }
  return found;
}

function addNeeded(
  cells: readonly CellNames[],
  cell: number,
  done: ReadonlySet<number>,
  wanted: Set<number>,
): void {
  for (const name of cells[cell]!.uses) {
    const at = cells.findLastIndex(({ declares }, i) => i < cell && Object.hasOwn(declares, name));
    if (at < 0 || done.has(at) || wanted.has(at)) continue;
    wanted.add(at);
    addNeeded(cells, at, done, wanted);
  }
}

/** The names that a cell declares with another text than before. */
export function changedNames(before: CellNames['declares'], now: CellNames['declares']): string[] {
  return Object.keys(now).filter((name) => before[name] !== now[name]);
}
