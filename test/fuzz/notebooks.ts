import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toHtml } from '../../src/notebook/html/page';
import { readNotebook } from '../../src/notebook/nbformat';
import { setParameters } from '../../src/notebook/parametrize';
import { type Case, choose, edited } from './edit';
import { editedJson } from './json';

export function damagedNotebook(bases: readonly string[], { base, edits }: Case): string {
  const source = choose(bases, base);
  return base % 4 ? editedJson(source, edits) : edited(Buffer.from(source), edits).toString('utf8');
}

/** What is read is a notebook that reads the same again, and whose page runs nothing but its own libraries. */
export function checkNotebook(text: string, folder: string): void {
  const path = join(folder, 'x.ipynb');
  writeFileSync(path, text);
  const notebook = readNotebook(path);
  writeFileSync(path, JSON.stringify(notebook));
  assert.equal(JSON.stringify(readNotebook(path)), JSON.stringify(notebook), 'read again, it is another one');
  const html = toHtml(notebook, { folder, name: 'x' });
  const end = html.indexOf('</main>');
  const shown = html.slice(0, end);
  assert.not.match(shown, /<script(?! type="application\/json">)/i);
  assert.not.match(shown, /<[a-z][^<>]*\son[a-z]+\s*=/i);
  assert.not.match(shown, /<(iframe|object|embed|form|base|link)\b/i);
  assert.not.match(shown, /\b(href|src)\s*=\s*["']?\s*javascript:/i);
  // After that come the libraries, each vouched for in the page's policy.
  const rest = html.slice(end).replace(/<script>([\s\S]*?)<\/script>/g, (_, script: string) => {
    const hash = createHash('sha256').update(script).digest('base64');
    return shown.includes(`'sha256-${hash}'`) ? '' : 'a script of its own';
  });
  assert.is(rest.replace(/\s/g, ''), '</main></body></html>');
  setParameters(notebook, ['channel=3']);
}
