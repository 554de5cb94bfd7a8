import { type Control, moveSlider, openers } from './controls';
import { openModel } from './widget-model';

/**
 * Adds two buttons, ◀ and ▶, to a slider, which move it by one.
 *
 * @param last the right end at the time of a click
 * @param what the slider chooses, for the buttons' tooltips
 */
export function addArrows(control: Control<number>, last: () => number, what: string): void {
  const openSlider = openers.get(control)!;
  openers.set(control, (label) => {
    const slider = openSlider(label);
    const arrow = (description: string, tooltip: string, by: number) =>
      openModel(
        {
          name: 'ButtonModel',
          style: 'ButtonStyleModel',
          layout: { width: '40px' },
          state: { description, tooltip },
        },
        description,
        undefined,
        () => {
          const value = Math.max(0, Math.min(last(), control.value + by));
          if (value !== control.value) moveSlider(control, value);
        },
      );
    const children = [slider, arrow('◀', `previous ${what}`, -1), arrow('▶', `next ${what}`, 1)];
    return openModel(
      { name: 'HBoxModel', state: { children: children.map(({ reference }) => reference) } },
      String(slider.bundle.data['text/plain']),
    );
  });
}
