import { checkKinds } from '../check-kinds';
import type { Content, MimeBundle } from '../jupyter/wire';
import { valueName } from '../value-name';
import { checkControls } from './check-controls';
import { convlensKernel } from './front-end';
import { type OpenModel, openModel } from './widget-model';

/** A control in the notebook. The reader changes its `value`. */
export interface Control<T> {
  /** The current value. */
  value: T;
  /** Calls `listener` after each change. */
  onChange(listener: (value: T) => void): void;
}

/** A place in the notebook, as `output` makes it; as a cell's last value it shows itself. */
export interface Output {
  /** Runs a function and replaces the contents by what it shows. */
  draw(run: () => unknown): Promise<void>;
}

type Opener = (label: string) => OpenModel;

/** How a control is opened in the front end; `interact` gives it the name it has there. */
const openers = new WeakMap<object, Opener>();

function control<T>(
  initial: T,
  model: (value: T, label: string) => { name: string; style: string; state: Content },
  read: (state: Content) => T | undefined,
): Control<T> {
  const listeners: ((value: T) => void)[] = [];
  let opened: OpenModel | undefined;
  const made: Control<T> = {
    value: initial,
    onChange: (listener) => void listeners.push(listener),
  };
  const open: Opener = (label) => {
    const { name, style, state } = model(made.value, label);
    const fallback = `${label ? `${label} = ` : ''}${made.value}. To move this ${name.replace(/Int|Float|Model/g, '').toLowerCase()}, install ipywidgets where Jupyter runs (pip install ipywidgets).`;
    opened ??= openModel({ name, style, state }, fallback, (change) => {
      const value = read(change);
      if (value === undefined || value === made.value) return;
      made.value = value;
      for (const listener of listeners) listener(value);
    });
    return opened;
  };
  openers.set(made, open);
  // A control that is a cell's last value shows itself.
  Object.defineProperty(made, Symbol.for('Jupyter.display'), { value: () => open('').bundle.data });
  return made;
}

/**
 * A slider over numbers from `min` to `max`, both included.
 *
 * @param min the left end
 * @param max the right end
 * @param options its value and step
 * @param options.step default 1; whole numbers when `min`, `max` and `step` are
 * @param options.value default `min`
 * @returns the control; as a cell's last value it shows itself
 * @throws {RangeError} when the numbers are not a range
 * @example
 * const channel = slider(0, 15, { value: 3 });
 * channel
 */
export function slider(
  min: number,
  max: number,
  options: { step?: number; value?: number } = {},
): Control<number> {
  checkKinds('make a slider', options, { step: 'number', value: 'number' });
  for (const [name, end] of Object.entries({ min, max })) {
    if (typeof end !== 'number') {
      throw new TypeError(
        `Cannot make a slider: ${name} is ${valueName(end)}. Give a number, such as slider(0, 15).`,
      );
    }
  }
  const { step = 1, value = min } = options;
  const numbers = [min, max, step, value];
  if (!numbers.every(Number.isFinite) || min > max || step <= 0 || value < min || value > max) {
    throw new RangeError(
      `Cannot make a slider from ${min} to ${max} by ${step} at ${value}: that is not a range. Give min ≤ value ≤ max and step > 0.`,
    );
  }
  const kind = numbers.every(Number.isInteger) ? 'Int' : 'Float';
  return control(
    value,
    (now, description) => ({
      name: `${kind}SliderModel`,
      style: 'SliderStyleModel',
      state: {
        value: now,
        min,
        max,
        step,
        description,
        continuous_update: true,
        orientation: 'horizontal',
        readout: true,
      },
    }),
    (state) => (typeof state['value'] === 'number' ? state['value'] : undefined),
  );
}

/**
 * A menu of choices.
 *
 * @param choices in the order shown
 * @param options the initial choice
 * @param options.value the initial choice; default the first
 * @returns the control; as a cell's last value it shows itself
 * @throws {RangeError} when there are no choices, or `value` is not among the choices
 * @example
 * const cmap = dropdown(['viridis', 'magma', 'gray']);
 * cmap
 */
export function dropdown(choices: readonly string[], options: { value?: string } = {}): Control<string> {
  const wrong = Array.isArray(choices) ? choices.findIndex((choice) => typeof choice !== 'string') : -1;
  if (!Array.isArray(choices) || wrong >= 0) {
    const what =
      wrong >= 0
        ? `choice ${wrong} is ${valueName(choices[wrong])}`
        : `the choices are ${valueName(choices)}`;
    throw new TypeError(
      `Cannot make a dropdown: ${what}. Give an array of texts, such as ['viridis', 'gray'].`,
    );
  }
  checkKinds('make a dropdown', options, { value: 'string' });
  const { value = choices[0] } = options;
  if (value === undefined || !choices.includes(value)) {
    throw new RangeError(
      `Cannot make a dropdown at ${value}: it is none of ${choices.join(', ') || 'no choices'}.`,
    );
  }
  return control(
    value,
    (now, description) => ({
      name: 'DropdownModel',
      style: 'DescriptionStyleModel',
      state: { _options_labels: [...choices], index: choices.indexOf(now), description },
    }),
    (state) => choices[state['index'] as number],
  );
}

/**
 * A checkbox.
 *
 * @param value whether it is checked at first
 * @returns the control; as a cell's last value it shows itself
 * @example
 * const around0 = checkbox();
 * around0
 */
export function checkbox(value = false): Control<boolean> {
  if (typeof value !== 'boolean') {
    throw new TypeError(`Cannot make a checkbox: its value is ${valueName(value)}. Give true or false.`);
  }
  return control(
    value,
    (now, description) => ({
      name: 'CheckboxModel',
      style: 'CheckboxStyleModel',
      state: { value: now, description, indent: true },
    }),
    (state) => (typeof state['value'] === 'boolean' ? state['value'] : undefined),
  );
}

/**
 * Shows controls, draws with their values, and draws again in place whenever one changes. Without
 * widgets (stock tslab, a front end without ipywidgets), only the first drawing is shown.
 *
 * @param controls by name; `draw` gets their values by the same names
 * @param draw may show figures and print
 * @returns a promise that resolves after the first drawing
 * @throws {TypeError} for a value that is not a control
 * @example
 * await interact({ channel: slider(0, 15), cmap: dropdown(['viridis', 'gray']) }, ({ channel, cmap }) =>
 *   matshow(activations[0], { channel, cmap: cmap as 'viridis' }),
 * );
 */
export async function interact<C extends Record<string, Control<unknown>>>(
  controls: C,
  draw: (values: { [K in keyof C]: C[K]['value'] }) => unknown,
): Promise<void> {
  checkControls(controls, draw, (each) => openers.has(each));
  const kernel = convlensKernel();
  const values = () =>
    Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value])) as {
      [K in keyof C]: C[K]['value'];
    };
  if (!kernel) {
    console.log(
      'These controls move in the convlens kernel (npx convlens install); here is the first drawing.',
    );
    await draw(values());
    return;
  }
  const opened = Object.entries(controls).map(([name, each]) => openers.get(each)!(name));
  const place = openOutput('');
  const children = [...opened, place].map(({ reference }) => reference);
  const fallback = opened.map(({ bundle }) => bundle.data['text/plain']).join('\n');
  kernel.display(openModel({ name: 'VBoxModel', state: { children } }, fallback).bundle);
  const id = `convlens-${process.pid}-${process.hrtime.bigint()}`;
  let shown = 0;
  const redraw = async () => {
    const bundles: MimeBundle[] = [];
    await kernel.capture(
      () => draw(values()),
      (bundle) => bundles.push(bundle),
    );
    if (elsewhere) place.send({ outputs: bundles.map(asOutput) });
    if (inVoila()) return;
    // Otherwise outputs of the previous drawing would remain.
    while (bundles.length < shown) bundles.push({ data: { 'text/plain': '' }, metadata: {} });
    for (const [at, bundle] of bundles.entries()) kernel.display(bundle, `${id}-${at}`, at < shown);
    shown = bundles.length;
  };
  // A page that was loaded after the cell ran knows its widgets, but not what else the cell showed: such a page gets
  // its drawings in a widget.
  const home = kernel.session();
  let elsewhere = inVoila();
  let drawing = false;
  let stale = false;
  const follow = async () => {
    elsewhere ||= kernel.session() !== home;
    stale = true;
    if (drawing) return;
    drawing = true;
    try {
      while (stale) {
        stale = false;
        await redraw();
      }
    } finally {
      drawing = false;
    }
  };
  for (const each of Object.values(controls)) each.onChange(() => void follow());
  await redraw();
}

/** Voilà runs a notebook before its page is there, so that no page knows what a cell showed. */
function inVoila(): boolean {
  const { SERVER_SOFTWARE: server, VOILA_BASE_URL: base } = process.env;
  return base !== undefined || /^voila\//i.test(server ?? '');
}

function asOutput(bundle: MimeBundle): Content {
  return { output_type: 'display_data', ...bundle };
}

/** A widget that shows outputs. @param fallback what a front end without ipywidgets shows in its place */
function openOutput(fallback: string, outputs: Content[] = []): OpenModel {
  const state = { outputs, msg_id: '' };
  const model = { name: 'OutputModel', state, module: '@jupyter-widgets/output', version: '1.0.0' };
  return openModel(model, fallback);
}

/**
 * A place in the notebook that can be filled again and again.
 *
 * @returns the place; as a cell's last value it shows itself
 * @example
 * const place = output();
 * place
 * @example
 * await place.draw(() => matshow(activations[0], { channel: 3 })); // in any later cell
 */
export function output(): Output {
  let opened: OpenModel | undefined;
  let outputs: Content[] = [];
  const fallback = 'This place is filled where ipywidgets is installed (pip install ipywidgets).';
  const place = {
    async draw(run: () => unknown) {
      if (typeof run !== 'function') {
        throw new TypeError(
          `Cannot draw: this is ${valueName(run)}. Give a function, such as () => matshow(activations[0]).`,
        );
      }
      const kernel = convlensKernel();
      if (!kernel) return void (await run());
      outputs = [];
      await kernel.capture(run, (bundle) => outputs.push(asOutput(bundle)));
      opened?.send({ outputs });
    },
  };
  Object.defineProperty(place, Symbol.for('Jupyter.display'), {
    value() {
      opened ??= openOutput(fallback, outputs);
      return opened.bundle.data;
    },
  });
  return place;
}
