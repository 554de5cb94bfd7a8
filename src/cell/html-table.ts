/** A cell of a table: text, a number, or HTML that is safe already. */
export type TableCell = string | number | { html: string };

/**
 * A table as HTML that scrolls instead of growing without end. Numbers are right-aligned, with 4 significant digits;
 * whole numbers are exact.
 */
export function htmlTable(head: readonly string[], rows: readonly (readonly TableCell[])[]): string {
  const line = (tag: string, cells: readonly TableCell[]) =>
    `<tr>${cells.map((cell) => `<${tag}${typeof cell === 'number' ? ' align="right"' : ''}>${htmlOf(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => line('td', row));
  return `<div style="max-height: 32em; overflow: auto"><table><thead>${line('th', head)}</thead><tbody>${body.join('')}</tbody></table></div>`;
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
