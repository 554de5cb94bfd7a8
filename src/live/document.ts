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
 * @param parts.frame the script of a frame whose workers may evaluate text; the page adds it, and then forbids that to
 * itself
 */
export function runningDocument({
  title,
  style,
  body,
  scripts,
  packed = [],
  frame,
}: {
  title: string;
  style: string;
  body: string;
  scripts: readonly string[];
  packed?: readonly string[];
  frame?: string;
}): string {
  const texts = scripts.map(inScript);
  const framed = frame === undefined ? [] : [inScript(frame)];
  const hashes = [...texts, ...packed, ...framed].map(cspHash).join(' ');
  const rest = [
    ...packed.map((text, i) => section(`script-${i}`, text)),
    ...framed.map((text) => section('frame', text)),
  ];
  return strictDocument({
    title,
    style,
    body: [body, section('licences', licences()), ...rest].join('\n'),
    scripts: texts,
    sources: {
      img: 'data: blob:',
      script: `${hashes} 'wasm-unsafe-eval'${frame === undefined ? '' : " 'unsafe-eval'"}`,
      worker: 'blob:',
    },
  });
}
