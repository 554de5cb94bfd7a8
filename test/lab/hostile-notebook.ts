import type { Cell, Notebook } from '../../src/notebook/nbformat';

/** What a hostile cell tries: each would set `window.ran`. */
const RUN = 'window.ran=(window.ran||0)+1;';
const ATTACKS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><script>${RUN}</script></svg>`,
  `<a href="javascript:${RUN}" id="trap">here</a>`,
  `<iframe srcdoc="<script>parent.ran=1</script>"></iframe>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${RUN}">`,
  `<details open ontoggle="${RUN}">x</details>`,
  `<style>@import "http://127.0.0.1:9/x.css"; body { background: url(http://127.0.0.1:9/y) }</style>`,
  '</script></title></textarea>',
];

/** A notebook whose cells try to run something in the page that shows it. */
export function hostile(): Notebook {
  const markdown = (source: string): Cell => ({ cell_type: 'markdown', metadata: {}, source });
  const shown = (data: Record<string, unknown>): Cell => ({
    cell_type: 'code',
    metadata: {},
    source: ATTACKS.join('\n'),
    outputs: [{ output_type: 'display_data', data, metadata: {} }],
  });
  const text = ATTACKS.join('\n\n');
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    usermeta: {
      embedOptions: { actions: true, loader: { target: 'x' }, patch: 'http://127.0.0.1:9/patch.json' },
    },
    title: `conv</script><script>${RUN}</script>`,
    data: { values: [{ a: `<img src=x onerror="${RUN}">`, b: 1 }] },
    mark: { type: 'bar', tooltip: true, href: `javascript:${RUN}` },
    params: [{ name: 'x', expr: `constructor.constructor("${RUN}")()` }],
    encoding: { x: { field: 'a', title: ATTACKS[1] }, y: { field: 'b', type: 'quantitative' } },
  };
  const far = { ...spec, params: [], data: { url: 'http://127.0.0.1:9/data.json' } };
  const plain = { ...spec, params: [] };
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      title: ATTACKS[0],
      kernelspec: { name: ATTACKS[0], language: ATTACKS[0] },
    },
    cells: [
      markdown(`# ${ATTACKS.join(' ')}`),
      markdown(
        `${text}\n\n[x](javascript:${RUN}) ![p](http://127.0.0.1:9/p.png) \`\`\`${ATTACKS[0]}\n${text}\n\`\`\``,
      ),
      shown({ 'text/html': text }),
      shown({
        'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`,
      }),
      shown({ 'text/markdown': text }),
      shown({ 'text/plain': text, 'image/png': `"><script>${RUN}</script>` }),
      shown({ 'application/vnd.vegalite.v5+json': spec, 'text/plain': text }),
      shown({ 'application/vnd.vegalite.v5+json': plain, 'text/plain': text }),
      shown({ 'application/vnd.vegalite.v5+json': far, 'text/plain': text }),
      {
        cell_type: 'code',
        metadata: { collapsed: ATTACKS[0] },
        source: '',
        outputs: [{ output_type: 'error', ename: ATTACKS[0]!, evalue: text, traceback: [text] }],
      },
    ],
  };
}
