import type { CellOutput } from '../notebook-messages';
import { type Editor, editor } from './editor';
import { button, element } from './element';
import { addOutput, type Widgets } from './outputs';

/** A code cell of the page. */
export interface LiveCell {
  /** Its number among all cells of the notebook. */
  index: number;
  section: HTMLElement;
  editor: Editor;
  /** Its text when the page was made. */
  original: string;
  outputs: HTMLElement;
  mark(state: 'waiting' | 'running' | 'done' | 'failed' | '', note?: string): void;
  clear(): void;
  add(output: CellOutput): void;
}

/**
 * Makes a cell of the page editable.
 *
 * @param text what it holds: the author's, or the reader's edits
 */
export function liveCell(
  section: HTMLElement,
  original: string,
  text: string,
  number: number,
  does: { run(cell: LiveCell, goOn: boolean): void; changed(cell: LiveCell): void },
  widgets: Widgets,
): LiveCell {
  const index = Number(section.dataset['cell']);
  const outputs = element('div', { class: 'outputs', 'aria-live': 'polite' });
  // What stands in the page is the author's.
  const code = section.querySelector(':scope > .code, :scope > .copyable');
  outputs.append(...[...section.children].filter((child) => child !== code));
  const status = element('span', { class: 'took' });
  const run = button('▶', () => does.run(cell, false), {
    class: 'run',
    'aria-label': `Run cell ${number}`,
    title: 'Run (Shift+Enter)',
  });
  const edit = editor(text, `Code of cell ${number}`, {
    changed: () => {
      section.classList.toggle('edited', edit.text() !== original);
      does.changed(cell);
    },
    run: (goOn) => does.run(cell, goOn),
  });
  section.replaceChildren(element('div', { class: 'editor' }, run, edit.root, status), outputs);
  section.classList.toggle('edited', text !== original);
  const cell: LiveCell = {
    index,
    section,
    editor: edit,
    original,
    outputs,
    mark(state, note = '') {
      section.dataset['state'] = state;
      status.textContent = note;
    },
    clear() {
      // The place keeps its height, so that the page does not jump while the cell runs.
      outputs.style.minHeight = `${outputs.offsetHeight}px`;
      outputs.replaceChildren();
    },
    add(output) {
      addOutput(outputs, output, widgets);
    },
  };
  return cell;
}
