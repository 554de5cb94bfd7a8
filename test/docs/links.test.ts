import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { pages, prose, ROOT } from './pages';

/** Where a link may point in a page: its headings as GitHub names them, and what has an id. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} +(.*)$/gm)].map(
    ([, title]) => {
      const slug = title!
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times ? `${slug}-${times}` : slug;
    },
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}

/** Links and pictures of a page, but for those into the network. */
function links(text: string): string[] {
  const found = [...prose(text).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, link]) => link!);
  return found.filter((link) => !/^[a-z]+:/.test(link));
}

suite('links in the pages', {
  'each link leads to an existing file and heading': () => {
    assert.ok(pages.size > 12);
    const dead: string[] = [];
    let checked = 0;
    for (const [page, text] of pages) {
      for (const link of links(text)) {
        checked++;
        const [path, anchor] = link.split('#');
        const target = path ? posix.join(posix.dirname(page), decodeURI(path)) : page;
        const there =
          existsSync(join(ROOT, target)) && (!anchor || anchors(pages.get(target) ?? '').has(anchor));
        if (!there) dead.push(`${page}: ${link}`);
      }
    }
    assert.ok(checked > 100);
    assert.equal(dead, []);
  },
  'docs/README.md links to every page of docs': () => {
    const listed = new Set(links(pages.get('docs/README.md')!));
    const all = [...pages.keys()].filter((page) => /^docs\/[^/]+$/.test(page) && page !== 'docs/README.md');
    assert.equal(
      all.filter((page) => !listed.has(page.slice('docs/'.length))),
      [],
    );
  },
  'every picture of docs is shown by a page, and their total size stays small': () => {
    const shown = new Set(
      [...pages].flatMap(([page, text]) => links(text).map((link) => posix.join(posix.dirname(page), link))),
    );
    const pictures = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .map((file) => `docs/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.(png|svg|jpg)$/.test(file));
    assert.equal(
      pictures.filter((file) => !shown.has(file)),
      [],
    );
    const bytes = pictures.reduce((sum, file) => sum + statSync(join(ROOT, file)).size, 0);
    assert.ok(bytes < 3_000_000, `${bytes} bytes of pictures`);
  },
});
