import { element } from './element';
import { addOutput, type Widgets } from './outputs';

type State = Record<string, unknown>;

/**
 * The controls of a page's cells, drawn with the browser's own.
 *
 * @param moved is called when the reader moves a control
 */
export function widgets(moved: (id: string, state: State) => void): Widgets {
  const states = new Map<string, State>();
  const views = new Map<string, { root: HTMLElement; fill(state: State): void }>();

  const textOf = (value: unknown) => (typeof value === 'string' ? value : String(value ?? ''));
  const idOf = (reference: unknown) => textOf(reference).replace(/^IPY_MODEL_/, '');

  function slider(id: string) {
    const input = element('input', { type: 'range' });
    const number = element('output', { class: 'readout' });
    const label = element('span', { class: 'vega-bind-name' });
    input.addEventListener('input', () => {
      number.textContent = input.value;
      states.get(id)!['value'] = Number(input.value);
      moved(id, { value: Number(input.value) });
    });
    const root = element('label', { class: 'control' }, label, input, number);
    const fill = ({ min, max, step, value, description }: State) => {
      Object.assign(input, { min: textOf(min), max: textOf(max), step: textOf(step), value: textOf(value) });
      label.textContent = textOf(description);
      number.textContent = input.value;
    };
    return { root, fill };
  }
  function dropdown(id: string) {
    const select = element('select');
    const label = element('span', { class: 'vega-bind-name' });
    select.addEventListener('change', () => moved(id, { index: select.selectedIndex }));
    const root = element('label', { class: 'control' }, label, select);
    const fill = ({ _options_labels: labels, index, description }: State) => {
      const names = Array.isArray(labels) ? labels : [];
      select.replaceChildren(...names.map((name) => element('option', {}, textOf(name))));
      select.selectedIndex = Number(index);
      label.textContent = textOf(description);
    };
    return { root, fill };
  }
  function checkbox(id: string) {
    const input = element('input', { type: 'checkbox' });
    const label = element('span');
    input.addEventListener('change', () => moved(id, { value: input.checked }));
    const root = element('label', { class: 'control' }, input, label);
    const fill = ({ value, description }: State) => {
      input.checked = value === true;
      label.textContent = textOf(description);
    };
    return { root, fill };
  }
  function box() {
    const root = element('div', { class: 'controls-box' });
    const fill = ({ children }: State) =>
      root.replaceChildren(...(Array.isArray(children) ? children : []).map((one) => view(idOf(one))));
    return { root, fill };
  }
  function place() {
    const root = element('div', { class: 'place' });
    const fill = ({ outputs }: State) => {
      root.replaceChildren();
      for (const one of Array.isArray(outputs) ? outputs : []) {
        addOutput(root, {
          kind: 'data',
          result: false,
          data: one?.data ?? {},
          metadata: one?.metadata ?? {},
        });
      }
    };
    return { root, fill };
  }
  const KINDS: Record<string, (id: string) => { root: HTMLElement; fill(state: State): void }> = {
    IntSliderModel: slider,
    FloatSliderModel: slider,
    DropdownModel: dropdown,
    CheckboxModel: checkbox,
    VBoxModel: box,
    HBoxModel: box,
    OutputModel: place,
  };
  function view(id: string): HTMLElement {
    const known = views.get(id);
    if (known) return known.root;
    const state = states.get(id) ?? {};
    const name = textOf(state['_model_name']);
    const made = Object.hasOwn(KINDS, name) ? KINDS[name]!(id) : undefined;
    if (!made)
      return element(
        'p',
        { class: 'left-out' },
        `(left out: a widget of a kind that this page does not draw)`,
      );
    made.fill(state);
    views.set(id, made);
    return made.root;
  }
  return {
    update(id, state) {
      const whole = { ...states.get(id), ...state };
      states.set(id, whole);
      views.get(id)?.fill(whole);
    },
    view,
  };
}
