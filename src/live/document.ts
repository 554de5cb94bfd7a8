import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { licences } from './bundles';

/** Bytes as a section of a page: compressed, in a script element of a type that is not run. */
export function section(id: string, contents: Uint8Array | string): string {
  const packed = gzipSync(contents, { level: 9 }).toString('base64');
  return `<script type="application/octet-stream" id="${id}">${packed}</script>`;
}

/** JSON as a section; "<" is escaped so that the element cannot be left. */
export function jsonSection(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`;
}

/** A script as it may stand in an element: it contains neither its end nor a comment's start. */
function inElement(script: string): string {
  return script.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--');
}

/**
 * A page that runs what it carries, and reaches nothing else: scripts by their hash, workers of its own text, wasm, no
 * connection. A worker inherits the policy.
 *
 * @param parts.title and parts.body as HTML
 * @param parts.scripts in the order in which they run
 * @param parts.packed more scripts, which the page unpacks from sections and adds
 * @param parts.evaluates whether a worker may evaluate text; the page starts it, and then forbids it to itself
 */
export function runningDocument({
  title,
  style,
  body,
  scripts,
  packed = [],
  evaluates = false,
}: {
  title: string;
  style: string;
  body: string;
  scripts: readonly string[];
  packed?: readonly string[];
  evaluates?: boolean;
}): string {
  const texts = scripts.map(inElement);
  const hashes = [...texts, ...packed].map(
    (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  const policy = [
    "default-src 'none'",
    'img-src data: blob:',
    "style-src 'unsafe-inline'",
    `script-src ${hashes.join(' ')} 'wasm-unsafe-eval'${evaluates ? " 'unsafe-eval'" : ''}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
${section('licences', licences())}
${packed.map((text, i) => section(`script-${i}`, text)).join('\n')}
${texts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`;
}
