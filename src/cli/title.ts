import { type Notebook, textOf } from '../notebook/nbformat';

/**
 * The name of a code cell in progress reports: the last heading since the previous code cell, else its first line.
 */
export function cellTitle(notebook: Notebook, index: number): string {
  for (let i = index - 1; i >= 0 && notebook.cells[i]!.cell_type !== 'code'; i--) {
    if (notebook.cells[i]!.cell_type !== 'markdown') continue;
    const heading = textOf(notebook.cells[i]!.source).match(/^#{1,6}\s+(.+?)\s*#*$/m);
    if (heading) return shorten(heading[1]!.replace(/[*`_]/g, ''));
  }
  const lines = textOf(notebook.cells[index]!.source)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return shorten(lines[0] ?? '(empty)');
}

function shorten(title: string): string {
  return title.length > 60 ? `${title.slice(0, 59)}…` : title;
}
