/**
 * The script of a page's formulas: it measures each, in the size of its letters, so that print can make those that are
 * wider than the paper smaller; on the screen they scroll. It runs in the browser, so it is text here.
 */
export const FORMULA_WIDTHS = `
for (const math of document.querySelectorAll('math')) {
  const inside = document.createRange();
  inside.selectNodeContents(math);
  const letters = inside.getBoundingClientRect().width / parseFloat(getComputedStyle(math).fontSize);
  math.style.setProperty('--letters', Math.ceil(letters));
}`;
