import { readFileSync } from 'node:fs';
import { AtlasError } from '../../errors';
import { classesOf } from './picture-set';

/**
 * The classes of pictures from a CSV (RFC 4180): a picture's name and its label in each row, with or without a head.
 *
 * @param names of the pictures
 * @throws {AtlasError} when it cannot be read, or names none of the pictures
 */
export function classesOfCsv(file: string, names: readonly string[]): { names: string[]; labels: number[] } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AtlasError(
      `Cannot read the labels of ${file}: ${(cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message}. Give a CSV with the name of a picture and its label in each row.`,
      { cause },
    );
  }
  const rows = rowsOf(text.replace(/^\uFEFF/, ''));
  const labels = new Map(
    rows.filter((row) => row.length >= 2).map(([name, label]) => [plain(name!), label!.trim()]),
  );
  const found = names.map((name) => labels.get(plain(name)) || undefined);
  if (found.every((label) => label === undefined)) {
    throw new AtlasError(
      `Cannot read the labels of ${file}: none of its ${rows.length} rows begins with the name of a picture, such as ${names[0]}. Write name,label in each row.`,
    );
  }
  return classesOf(found);
}

const plain = (name: string) => name.trim().replaceAll('\\', '/').replace(/^\.\//, '');

/** The fields of each row. */
function rowsOf(text: string): string[][] {
  const separator = /^[^\n,]*;/.test(text) ? ';' : /^[^\n,]*\t/.test(text) ? '\t' : ',';
  const rows: string[][] = [[]];
  let [field, quoted] = ['', false];
  const end = () => {
    rows.at(-1)!.push(field);
    field = '';
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === separator) end();
    else if (letter === '\n') {
      end();
      rows.push([]);
    } else if (letter !== '\r') field += letter;
  }
  end();
  return rows;
}
