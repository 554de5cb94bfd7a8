/** The first bytes of the pictures that browsers show, as Latin letters, and at which byte they stand. */
const MARKS: readonly [type: string, ...marks: [at: number, mark: string][]][] = [
  ['image/png', [0, '\x89PNG\r\n\x1a\n']],
  ['image/jpeg', [0, '\xff\xd8\xff']],
  ['image/gif', [0, 'GIF8']],
  ['image/webp', [0, 'RIFF'], [8, 'WEBP']],
  ['image/avif', [4, 'ftypavi']],
  ['image/bmp', [0, 'BM']],
  ['image/x-icon', [0, '\0\0\x01\0']],
];

/** The types that a notebook may give its attachments. */
export const PICTURE_TYPES = new Set([...MARKS.map(([type]) => type), 'image/svg+xml']);

/** An SVG begins with its element, after a declaration, a document type, comments and spaces. */
const SVG = /^\ufeff?(?:\s+|<\?[^>]*>|<!DOCTYPE\b[^>]*>|<!--[\s\S]*?-->)*<svg[\s>]/i;

/** The type of a picture that browsers show, told by its bytes: a file's name may be wrong, or say nothing. */
export function pictureType(bytes: Buffer): string | undefined {
  for (const [type, ...marks] of MARKS) {
    if (marks.every(([at, mark]) => bytes.toString('latin1', at, at + mark.length) === mark)) return type;
  }
  // In an <img> it runs no script and loads nothing.
  return SVG.test(bytes.toString('utf8', 0, 4000)) ? 'image/svg+xml' : undefined;
}
