/** A cell of a table: text, a number, or HTML that is safe already. */
export type TableCell = string | number | { html: string };

/**
 * A table as HTML that scrolls instead of growing without end. Numbers are right-aligned, with 4 significant digits;
 * whole numbers are exact.
 */
export function htmlTable(head: readonly string[], rows: readonly (readonly TableCell[])[]): string {
  const numbers = head.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const line = (tag: string, cells: readonly TableCell[], right: readonly boolean[]) =>
    `<tr>${cells.map((cell, i) => `<${tag}${right[i] ? ' align="right"' : ''}>${htmlOf(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) =>
    line(
      'td',
      row,
      row.map((cell) => typeof cell === 'number'),
    ),
  );
  return `<div style="max-height: 32em; overflow: auto"><table><thead>${line('th', head, numbers)}</thead><tbody>${body.join('')}</tbody></table></div>`;
}

function htmlOf(cell: TableCell): string {
  if (typeof cell === 'object') return cell.html;
  return safeText(typeof cell === 'number' ? rounded(cell) : cell);
}

/** A number with 4 significant digits; a whole one with all of its digits. */
export function rounded(value: number): string {
  return String(Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(4)));
}

/** Text in HTML. */
export function safeText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
