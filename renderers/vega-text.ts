/**
 * Vega makes an expression of each fixed text of a spec. Its parser takes a quoted text for an identifier where every
 * JavaScript object has a property of that name, such as `constructor`, and where it is `if`; and a second line separator
 * of Unicode ends the text. Layers, models and classes can have such names.
 */

const isMisread = (text: string) => text === 'if' || text in {};

/** A text as a literal of Vega's expressions. */
export function textLiteral(text: string): string {
  if (isMisread(text)) return `(${textLiteral(text[0]!)} + ${textLiteral(text.slice(1))})`;
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}

/** A text as a property of a mark or a title. */
export function fixedText(text: string): string | { expr: string } {
  return isMisread(text) || /[\u2028\u2029]/.test(text) ? { expr: textLiteral(text) } : text;
}
