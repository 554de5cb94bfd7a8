import { head } from './data';
import { element } from './element';

/** Answers that a table shows beside each other. */
const MOST = 40;

/** Which answer the model gave to the pictures of each class. */
export function classesView(): HTMLElement {
  const { names, answers, confusion } = head.classes!;
  const right = names.reduce((sum, name, i) => {
    const at = answers.indexOf(name);
    return sum + (at < 0 ? 0 : confusion[i * answers.length + at]!);
  }, 0);
  const all = confusion.reduce((sum, n) => sum + n, 0);
  const sums = answers.map((_, j) =>
    names.reduce((sum, _, i) => sum + confusion[i * answers.length + j]!, 0),
  );
  // Of a thousand answers those that were given.
  const shown = [...answers.keys()]
    .filter((j) => answers.length <= MOST || sums[j]! > 0)
    .sort((a, b) => (answers.length <= MOST ? a - b : sums[b]! - sums[a]!))
    .slice(0, MOST);
  const isNamed = answers.every((name) => names.includes(name));
  const cell = (i: number, j: number) => {
    const count = confusion[i * answers.length + j]!;
    const row = answers.reduce((sum, _, k) => sum + confusion[i * answers.length + k]!, 0);
    const made = element('td', {}, count ? count.toLocaleString('en') : '·');
    made.style.background = `color-mix(in srgb, var(--bar) ${Math.round(70 * (row ? count / row : 0))}%, transparent)`;
    return made;
  };
  return element(
    'main',
    {},
    element('h1', {}, 'Classes'),
    element(
      'p',
      { class: 'facts' },
      answers.length
        ? `Rows: the pictures' classes. Columns: the model's answers.${isNamed && all ? ` ${((100 * right) / all).toFixed(1)} % of ${all.toLocaleString('en')} right.` : ''}`
        : `The pictures have ${names.length} classes; the model's output is no list of classes.`,
    ),
    answers.length > 0 &&
      element(
        'div',
        { class: 'scroll' },
        element(
          'table',
          { class: 'confusion' },
          element('tr', {}, element('th'), ...shown.map((j) => element('th', {}, answers[j]!))),
          ...names.map((name, i) =>
            element('tr', {}, element('th', {}, name), ...shown.map((j) => cell(i, j))),
          ),
        ),
      ),
  );
}
