import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

const NOT_OURS = /^(node_modules|dist|out|coverage|\.)/;

/** Every page that is kept: its text by its path from the root. */
export const pages = new Map(
  readdirSync(ROOT, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.test(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((file) =>
            `${entry.name}/${file}`.replaceAll(sep, '/'),
          )
        : [entry.name],
    )
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file): [string, string] => [file, readFileSync(join(ROOT, file), 'utf8')]),
);

export interface Block {
  /** What stands behind the fence, such as `ts`. */
  language: string;
  code: string;
  /** The heading above it, without its number signs. */
  heading: string;
  line: number;
}

/** The fenced blocks of a page, in order. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: Block | undefined;
  let heading = '';
  for (const [i, line] of text.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (open && fence) {
      found.push(open);
      open = undefined;
    } else if (open) open.code += `${line}\n`;
    else if (fence) open = { language: fence[1]!, code: '', heading, line: i + 2 };
    else if (line.startsWith('#')) heading = line.replace(/^#+ */, '');
  }
  if (open) throw new Error(`the block at line ${open.line} has no end`);
  return found;
}

/** A page without its fenced blocks and its `code`. */
export function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}
