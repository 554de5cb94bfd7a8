import { readFile, stat } from 'node:fs/promises';
import { PictureError } from '../errors';
import { localPath } from '../files/local-path';
import { parseLabels } from '../keras/run/labels';

/** Bytes; ImageNet's 21,000 classes take 1 MB. */
const MOST = 64e6;

/**
 * Reads class names from a text or JSON file.
 *
 * @throws {TypeError} when it cannot be read or holds no names
 */
export async function readLabels(source: string | URL): Promise<string[]> {
  const path = localPath(source, PictureError);
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MOST) throw new Error(`it has ${size} bytes, more than any list of names`);
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new TypeError(
      `Cannot read the labels of ${path}: ${reason}. Give a list of names, or the path of a text or JSON file.`,
      { cause },
    );
  }
  return parseLabels(text);
}
