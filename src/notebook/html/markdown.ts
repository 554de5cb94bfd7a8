import hljs from 'highlight.js/lib/core';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import MarkdownIt from 'markdown-it';
import { escapeHtml } from '../../../renderers/page';
import type { Cell } from '../nbformat';
import { Formulas, withMath, withMathInHtml } from './math';
import type { Pictures } from './pictures';
import { safeHtml } from './sanitize';

hljs.registerLanguage('typescript', typescript);
hljs.registerLanguage('python', python);

/** A Map, since the notebook names the language, which may be `__proto__`. */
const NICKNAMES = new Map([
  ['ts', 'typescript'],
  ['javascript', 'typescript'],
  ['js', 'typescript'],
  ['py', 'python'],
]);

/** highlight.js takes time quadratic in the length of a line: 40 s for a name of 100,000 letters. */
const LONGEST_LINE = 1000;
const LONGEST_CODE = 200_000;

/** Code as HTML; highlighted if its language is known and it is short enough to highlight quickly. */
export function highlight(code: string, language: string): string {
  const known = NICKNAMES.get(language) ?? language;
  const long = code.length > LONGEST_CODE || code.split('\n').some((line) => line.length > LONGEST_LINE);
  if (long || !hljs.getLanguage(known)) return escapeHtml(code);
  return hljs.highlight(code, { language: known, ignoreIllegals: true }).value;
}

const markdown = new MarkdownIt({ html: true, linkify: true, highlight }).use(withMath);
// What an address may be is decided in one place, for Markdown and HTML alike: safeHtml.
markdown.validateLink = () => true;
markdown.renderer.rules.html_block = (tokens, i, _, { formulas }: { formulas: Formulas }) =>
  withMathInHtml(tokens[i]!.content, formulas);

/** A markdown cell as safe HTML, with its pictures inlined and its formulas as MathML. */
export function renderMarkdown(text: string, cell: Cell | undefined, pictures: Pictures): string {
  const formulas = new Formulas();
  const html = markdown.render(text, { formulas });
  return formulas.into(safeHtml(html, (source) => pictures.find(source, cell)));
}

/** An output's HTML as safe HTML, with its pictures inlined and its formulas as MathML. */
export function renderHtml(html: string, pictures: Pictures): string {
  const formulas = new Formulas();
  return formulas.into(safeHtml(withMathInHtml(html, formulas), (source) => pictures.find(source)));
}
