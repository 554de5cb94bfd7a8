import { valueName } from '../checks/value-name';

/**
 * Refuses what `interact` cannot work with.
 *
 * @param isControl whether slider, dropdown or checkbox made it
 * @throws {TypeError} before anything is shown
 */
export function checkControls(controls: unknown, draw: unknown, isControl: (value: object) => boolean): void {
  const one = (value: unknown) => typeof value === 'object' && value !== null && isControl(value);
  if (
    typeof controls !== 'object' ||
    controls === null ||
    Array.isArray(controls) ||
    'then' in controls ||
    one(controls)
  ) {
    throw new TypeError(
      `Cannot interact: the controls are ${one(controls) ? 'one control' : valueName(controls)}. Give an object of them by name, such as { channel: slider(0, 15) }.`,
    );
  }
  for (const [name, control] of Object.entries(controls)) {
    if (one(control)) continue;
    throw new TypeError(
      `Cannot interact with ${name}: it is ${valueName(control)}, not a control. Use slider, dropdown or checkbox.`,
    );
  }
  if (typeof draw !== 'function') {
    throw new TypeError(`Cannot interact: draw is ${valueName(draw)}. Give a function of the values.`);
  }
}
