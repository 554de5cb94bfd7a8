import { gzipSync } from 'node:zlib';
import { cspHash, inScript, jsonInScript, strictDocument } from '../../renderers/page';
import { licences } from './bundles';

/** Bytes as a section of a page: compressed, in a script element of a type that is not run. */
export function section(id: string, contents: Uint8Array | string): string {
  const packed = gzipSync(contents, { level: 9 }).toString('base64');
  return `<script type="application/octet-stream" id="${id}">${packed}</script>`;
}

/** JSON as a section. */
export function jsonSection(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${jsonInScript(value)}</script>`;
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
  const texts = scripts.map(inScript);
  const hashes = [...texts, ...packed].map(cspHash).join(' ');
  const rest = packed.map((text, i) => section(`script-${i}`, text)).join('\n');
  return strictDocument({
    title,
    style,
    body: [body, section('licences', licences()), rest].join('\n'),
    scripts: texts,
    sources: {
      img: 'data: blob:',
      script: `${hashes} 'wasm-unsafe-eval'${evaluates ? " 'unsafe-eval'" : ''}`,
      worker: 'blob:',
    },
  });
}
