import type { LiveCell } from './cell';
import { download } from './download';
import type { NotebookSettings } from './notebook-settings';

/** Writes the notebook as it is in the page, with the edits and the outputs that are seen. */
export function downloadNotebook({ notebook, fileName }: NotebookSettings, cells: readonly LiveCell[]): void {
  const all = notebook.cells.map((cell) => ({ ...cell }));
  for (const { index, editor, outputs } of cells) {
    Object.assign(all[index]!, {
      source: editor.text(),
      execution_count: null,
      outputs: [...outputs.children].flatMap(outputOf),
    });
  }
  const json = `${JSON.stringify({ ...notebook, cells: all }, null, 1)}\n`;
  download(fileName, new Blob([json], { type: 'application/x-ipynb+json' }));
}

/** An output of the page in nbformat; in the page it is a figure, a picture, a text or a table. */
function outputOf(output: Element): object[] {
  if (output.matches('pre.error')) {
    const [first = '', ...rest] = output.textContent!.split('\n');
    const [, ename = 'Error', evalue = first] = /^(\w+): (.*)$/.exec(first) ?? [];
    return [{ output_type: 'error', ename, evalue, traceback: [first, ...rest] }];
  }
  if (output.matches('pre.stderr, pre[data-stream]')) {
    const name = output.matches('.stderr') ? 'stderr' : 'stdout';
    return [{ output_type: 'stream', name, text: output.textContent }];
  }
  const data = bundleOf(output);
  return data ? [{ output_type: 'display_data', metadata: {}, data }] : [];
}

function bundleOf(output: Element): Record<string, unknown> | undefined {
  if (output.matches('pre')) return { 'text/plain': output.textContent };
  if (output.matches('.rich')) return { 'text/html': output.innerHTML, 'text/plain': output.textContent };
  if (!output.matches('.figure')) return undefined;
  const spec = output.querySelector('script')?.textContent;
  const still = output.querySelector<HTMLImageElement>('img.still');
  const canvas = output.querySelector<HTMLCanvasElement>('.live canvas');
  const source = still?.src ?? canvas?.toDataURL('image/png') ?? '';
  const [, type, base64] = /^data:(image\/[\w+.-]+);base64,(.*)$/.exec(source) ?? [];
  const mode = (output as HTMLElement).dataset['mode'] === 'vega' ? 'vega' : 'vegalite';
  return {
    ...(spec && { [`application/vnd.${mode}.v5+json`]: JSON.parse(spec) }),
    ...(type && { [type]: base64 }),
    'text/plain': still?.alt || output.getAttribute('aria-label') || '',
  };
}
