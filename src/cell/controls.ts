import { checkKinds } from '../checks/check-kinds';
import { valueName } from '../checks/value-name';
import type { Content } from '../jupyter/wire';
import { type OpenModel, openModel } from './widget-model';

/** A control in the notebook. The reader changes its `value`. */
export interface Control<T> {
  /** The current value. */
  value: T;
  /** Calls `listener` after each change. */
  onChange(listener: (value: T) => void): void;
}

type Opener = (label: string) => OpenModel;

/** How a control is opened in the front end, with the label that `interact` gives it; only controls are in it. */
export const openers = new WeakMap<object, Opener>();

/** How the state of a control's widget is changed from here, such as the end of a slider. */
const changers = new WeakMap<object, (state: Content) => void>();

/** How those who listen to a control hear of a value that is changed from here. */
const tellers = new WeakMap<object, () => void>();

/** Moves a slider as the reader would, in the front end too. */
export function moveSlider(control: Control<number>, value: number): void {
  control.value = value;
  changers.get(control)?.({ value });
  tellers.get(control)?.();
}

/** Moves a slider's end and its value, in the front end too. */
export function setSlider(control: Control<number>, { max, value }: { max: number; value: number }): void {
  control.value = value;
  changers.get(control)?.({ max, value });
}

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
      tell();
    });
    return opened;
  };
  const tell = () => {
    for (const listener of listeners) listener(made.value);
  };
  openers.set(made, open);
  changers.set(made, (state) => opened?.send(state));
  tellers.set(made, tell);
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
