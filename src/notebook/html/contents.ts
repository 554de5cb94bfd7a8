interface Heading {
  level: number;
  id: string;
  html: string;
}

/** Headings from which on a page begins with a table of contents. */
const MANY = 4;

/** Above these the table of contents is closed at first. */
const OPEN = 14;

/**
 * Gives each heading of a page an id, as JupyterLab makes it, so that links to it work; long pages get a table of
 * contents after their title.
 *
 * @param sections the cells as safe HTML, in which a heading has no id
 */
export function withContents(sections: readonly string[]): string[] {
  const headings: Heading[] = [];
  const used = new Set<string>();
  const named = sections.map((section) =>
    isProse(section)
      ? section.replace(/<h([1-4])((?: [^>]*)?)>([\s\S]*?)<\/h\1>/g, (_, level, rest, html) => {
          const id = unused(idOf(html), used);
          headings.push({ level: Number(level), id, html });
          return `<h${level}${rest} id="${id}">${html}</h${level}>`;
        })
      : section,
  );
  const [first] = headings;
  const title = first?.level === 1 ? first : undefined;
  const entries = headings.filter(
    (heading) => heading !== title && heading.level <= 3 && textOf(heading.html),
  );
  if (entries.length < MANY) return named;
  const at = title ? named.findIndex((section) => section.includes(`id="${title.id}"`)) + 1 : 0;
  named.splice(at, 0, contents(entries));
  return named;
}

function contents(entries: readonly Heading[]): string {
  const top = Math.min(...entries.map(({ level }) => level));
  const items = entries.map(
    ({ level, id, html }) => `<li class="level-${level - top}"><a href="#${id}">${textOf(html)}</a></li>`,
  );
  const open = entries.length <= OPEN ? ' open' : '';
  return `<nav class="contents" aria-label="Contents"><details${open}><summary>Contents</summary><ul>${items.join('')}</ul></details></nav>`;
}

const isProse = (section: string) => section.startsWith('<section class="prose">');

/**
 * The text of the first heading of the highest level, as HTML.
 *
 * @param sections the cells as safe HTML
 */
export function titleOf(sections: readonly string[]): string | undefined {
  for (const section of sections) {
    const heading = isProse(section) && /<h1\b[^>]*>([\s\S]*?)<\/h1>/.exec(section);
    if (heading && textOf(heading[1]!)) return textOf(heading[1]!);
  }
  return undefined;
}

/** The text of a heading, without elements such as links; that of a picture is its alternative text. */
const textOf = (html: string) =>
  html
    .replace(/<img\b[^>]*?\salt="([^"]*)"[^>]*>/g, '$1')
    .replace(/<[^>]*>/g, '')
    .trim();

function idOf(html: string): string {
  return textOf(html).replace(/\s+/g, '-').replaceAll('"', '&quot;') || 'heading';
}

function unused(id: string, used: Set<string>): string {
  let name = id;
  for (let i = 2; used.has(name); i++) name = `${id}-${i}`;
  used.add(name);
  return name;
}
