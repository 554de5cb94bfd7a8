import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import hljs from 'highlight.js/lib/core';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import MarkdownIt from 'markdown-it';
import { escapeHtml } from '../../../renderers/page';
import type { Cell } from '../nbformat';
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

const markdown = new MarkdownIt({ html: true, linkify: true, highlight });

const PICTURES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};

/**
 * A markdown cell as safe HTML with its pictures inlined: attachments, and picture files below the notebook's folder
 * (never outside: a page must not contain files that its author does not know of).
 */
export function renderMarkdown(text: string, cell: Cell, folder: string): string {
  const html = markdown.render(text).replace(/(<img\b[^>]*\bsrc=")([^"]+)"/g, (all, before, source) => {
    const data = attachment(cell, source) ?? pictureFile(folder, source);
    return data ? `${before}${data}"` : all;
  });
  return safeHtml(html);
}

function attachment(cell: Cell, source: string): string | undefined {
  if (!source.startsWith('attachment:')) return undefined;
  const attachments = cell['attachments'] as Record<string, Record<string, string>> | undefined;
  const bundle = attachments?.[decoded(source.slice('attachment:'.length))];
  const [type, data] = Object.entries(bundle ?? {})[0] ?? [];
  return type && /^image\/(png|jpeg|gif|webp)$/.test(type) ? `data:${type};base64,${data}` : undefined;
}

/** A percent-decoded name; unchanged if it cannot be decoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function pictureFile(folder: string, source: string): string | undefined {
  const type = PICTURES[extname(source).toLowerCase()];
  if (!type || /^[a-z][\w+.-]*:/i.test(source)) return undefined;
  try {
    const root = realpathSync(folder) + sep;
    const path = realpathSync(join(folder, decoded(source)));
    if (!path.startsWith(root) || statSync(path).size > 8e6) return undefined;
    return `data:${type};base64,${readFileSync(path).toString('base64')}`;
  } catch {
    return undefined;
  }
}
