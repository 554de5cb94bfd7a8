import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cell, type Multiline, textOf } from '../nbformat';
import { PICTURE_TYPES, pictureType } from './picture-type';

/** Bytes of the largest file that a page takes in. */
const MOST = 8e6;

/** Bytes of all files that a page takes in: a notebook may name one file a thousand times. */
const MOST_IN_ALL = 64e6;

/** A picture as a data: URL, or why the page is without it. */
export type Found = { url: string } | { reason: string };

const MISSING = 'there is no such file';
const ELSEWHERE = 'a page loads nothing from elsewhere';

/** The pictures of one page. */
export class Pictures {
  private taken = 0;

  /** @param folder the notebook's */
  constructor(private readonly folder: string) {}

  /**
   * What an `<img>` shows: attachments of its cell, and picture files below the notebook's folder (never outside: a
   * page must not contain files that its author does not know of).
   *
   * @param source the address as the page's author wrote it, without HTML's entities
   * @param cell none for an output, which has no attachments
   */
  find(source: string, cell?: Cell): Found {
    if (!source) return { reason: 'it names no file' };
    const scheme = /^[a-z][\w+.-]*(?=:)/i.exec(source)?.[0].toLowerCase();
    if (scheme === 'data') {
      return /^data:image\//i.test(source) ? { url: source } : { reason: 'its data are no picture' };
    }
    if (scheme === 'attachment') return attached(source.slice('attachment:'.length), cell);
    if (scheme === 'file') return this.file(pathOfUrl(source));
    if (scheme || source.startsWith('//')) return { reason: ELSEWHERE };
    // A name may hold a question mark, a number sign, a percent sign or a backslash, which mean more in an address.
    const bare = source.replace(/[?#].*$/s, '');
    const names = [source, bare].flatMap((name) => [decoded(name), name]);
    return this.file(...names, ...names.map((name) => name.replaceAll('\\', '/')));
  }

  /** The first of some files that exists, or why it is left out. */
  private file(...names: (string | undefined)[]): Found {
    let reason = MISSING;
    for (const name of new Set(names)) {
      if (!name) continue;
      for (const path of isAbsolute(name) ? [join(this.folder, name), name] : [join(this.folder, name)]) {
        const found = this.read(path);
        if ('url' in found) return found;
        if (reason === MISSING) reason = found.reason;
      }
    }
    return { reason };
  }

  private read(file: string): Found {
    try {
      const root = realpathSync(this.folder);
      const path = realpathSync(file);
      if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
        return { reason: "it lies outside of the notebook's folder" };
      }
      const facts = statSync(path);
      // A pipe would be waited for.
      if (!facts.isFile()) return { reason: 'it is no file' };
      if (facts.size > MOST) return { reason: `it is larger than ${MOST / 1e6} MB` };
      if (this.taken + facts.size > MOST_IN_ALL) {
        return { reason: `the pictures before it take ${MOST_IN_ALL / 1e6} MB, the most of a page` };
      }
      const bytes = readFileSync(path);
      const type = pictureType(bytes);
      if (!type) return { reason: 'it is no picture that browsers show' };
      this.taken += bytes.length;
      return { url: `data:${type};base64,${bytes.toString('base64')}` };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { reason: code === 'EACCES' ? 'it may not be read' : MISSING };
    }
  }
}

function attached(name: string, cell: Cell | undefined): Found {
  const attachments = (cell?.['attachments'] ?? {}) as Record<string, Record<string, Multiline> | null>;
  const bundle = attachments[decoded(name)] ?? attachments[name];
  if (!bundle) return { reason: 'the notebook has no such attachment' };
  const [type, data] = Object.entries(bundle).find(([type]) => PICTURE_TYPES.has(type)) ?? [];
  const text = typeof data === 'string' || Array.isArray(data) ? textOf(data) : '';
  // An SVG may stand there as text.
  const base64 = /^\s*</.test(text) ? Buffer.from(text).toString('base64') : text.replace(/\s/g, '');
  if (!/^[\w+/]+=*$/.test(base64)) return { reason: 'the attachment is no picture that browsers show' };
  return { url: `data:${type};base64,${base64}` };
}

/** A percent-decoded name; unchanged if it cannot be decoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
