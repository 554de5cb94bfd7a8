import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { Cell } from '../nbformat';

const TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  // In an <img> it runs no script and loads nothing.
  '.svg': 'image/svg+xml',
};
const KNOWN = new Set(Object.values(TYPES));

/** Bytes of the largest file that a page takes in. */
const MOST = 8e6;

/** A picture as a data: URL, or why the page is without it. */
export type Found = { url: string } | { reason: string };

/**
 * What an `<img>` shows: attachments of its cell, and picture files below the notebook's folder (never outside: a page
 * must not contain files that its author does not know of).
 *
 * @param source the address as the page's author wrote it, without HTML's entities
 */
export function findPicture(source: string, cell: Cell | undefined, folder: string): Found {
  if (/^data:image\//.test(source)) return { url: source };
  if (source.startsWith('attachment:')) {
    const url = cell && attachment(cell, source.slice('attachment:'.length));
    return url ? { url } : { reason: 'the notebook has no such attachment' };
  }
  if (/^([a-z][\w+.-]*:|\/\/)/i.test(source)) return { reason: 'a page loads nothing from elsewhere' };
  const reasons: string[] = [];
  // A name may hold a question mark; otherwise what follows it is for a server.
  for (const path of new Set([source, source.replace(/[?#].*$/s, '')])) {
    const found = pictureFile(folder, path);
    if ('url' in found) return found;
    reasons.push(found.reason);
  }
  return { reason: reasons.at(-1)! };
}

function attachment(cell: Cell, name: string): string | undefined {
  const attachments = cell['attachments'] as Record<string, Record<string, string>> | undefined;
  const bundle = attachments?.[decoded(name)];
  const [type, data] = Object.entries(bundle ?? {})[0] ?? [];
  return type && KNOWN.has(type) ? `data:${type};base64,${data}` : undefined;
}

/** A percent-decoded name; unchanged if it cannot be decoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function pictureFile(folder: string, source: string): Found {
  const type = TYPES[extname(source).toLowerCase()];
  if (!type) return { reason: 'it is no picture file that browsers show' };
  try {
    const root = realpathSync(folder) + sep;
    const path = realpathSync(join(folder, decoded(source)));
    if (!path.startsWith(root)) return { reason: "it lies outside of the notebook's folder" };
    if (statSync(path).size > MOST) return { reason: `it is larger than ${MOST / 1e6} MB` };
    return { url: `data:${type};base64,${readFileSync(path).toString('base64')}` };
  } catch {
    return { reason: 'there is no such file' };
  }
}
