import type { CellOutput } from '../notebook-messages';
import { element } from './element';

/** The controls that cells of a page make. */
export interface Widgets {
  /** A widget was opened, or changed by the cell. */
  update(id: string, state: Record<string, unknown>): void;
  /** What shows a widget. */
  view(id: string): HTMLElement;
}

const VEGA_LITE = 'application/vnd.vegalite.v5+json';
/** Bytes of a text that one output shows. */
const MOST_TEXT = 200_000;

/**
 * Adds an output of a worker to a cell. What comes from there is a stranger's: texts are shown as text, figures are
 * drawn by Vega, which interprets their expressions and loads nothing, pictures stand in <img>. HTML is not shown.
 *
 * @param widgets draws controls
 */
export function addOutput(place: HTMLElement, output: CellOutput, widgets?: Widgets): void {
  if (output.kind === 'text') {
    addText(place, output);
    return;
  }
  if (output.kind === 'error') {
    const { ename, evalue, hint } = output;
    place.append(pre('error', `${ename}: ${evalue}${hint ? `\n${hint}` : ''}`));
    return;
  }
  if (output.kind === 'widget') {
    widgets?.update(String(output.id), output.state ?? {});
    return;
  }
  const before = output.update && typeof output.id === 'string' ? displayed(output.id) : undefined;
  const made = dataOutput(output, widgets);
  if (typeof output.id === 'string') made.dataset['display'] = output.id;
  if (before) before.replaceWith(made);
  else place.append(made);
  // Vega draws what is in the page.
  if (made.dataset['mode']) made.dispatchEvent(new CustomEvent('convlens-figure', { bubbles: true }));
}

/** The output that was shown under an id. */
function displayed(id: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('.outputs [data-display]')].find(
    ({ dataset }) => dataset['display'] === id,
  );
}

function dataOutput(output: CellOutput & { kind: 'data' }, widgets?: Widgets): HTMLElement {
  const data = output.data ?? {};
  const alt = String(data['text/plain'] ?? '').slice(0, 2000);
  const spec = data[VEGA_LITE];
  if (typeof spec === 'object' && spec) {
    const script = element('script', { type: 'application/json', textContent: JSON.stringify(spec) });
    const figure = element(
      'div',
      { class: 'figure', title: '', 'aria-label': alt },
      script,
      element('div', { class: 'live' }),
    );
    figure.dataset['mode'] = 'vega-lite';
    return figure;
  }
  const widget = data['application/vnd.jupyter.widget-view+json'] as { model_id?: unknown } | undefined;
  if (widget && widgets) return widgets.view(String(widget.model_id));
  const png = data['image/png'];
  if (typeof png === 'string' && /^[\w+/=]+$/.test(png)) {
    const size = (output.metadata?.['image/png'] ?? {}) as { width?: unknown };
    const image = element('img', { class: 'still', alt, src: `data:image/png;base64,${png}` });
    if (Number(size.width) > 0) image.width = Number(size.width);
    return element('div', { class: 'figure' }, image);
  }
  return pre(tableClass(alt), String(data['text/plain'] ?? '').slice(0, MOST_TEXT));
}

/** Lines that follow one another stand in one block. */
function addText(place: HTMLElement, { name, text }: CellOutput & { kind: 'text' }): void {
  const kind = name === 'stderr' ? 'stderr' : 'stdout';
  const last = place.lastElementChild as HTMLElement | null;
  if (last?.dataset['stream'] === kind) {
    last.textContent = (last.textContent + text).slice(0, MOST_TEXT * 5);
    if (tableClass(text)) last.classList.add('table');
    return;
  }
  const block = pre(`${kind} ${tableClass(text)}`, text);
  block.dataset['stream'] = kind;
  place.append(block);
}

const tableClass = (text: string) => (/^[┏┡├└│┃╭╰┌]/m.test(text) ? 'table' : '');

const pre = (kind: string, text: string) =>
  element('pre', { class: `text ${kind}`.trim(), textContent: text });
