/**
 * The script of what scrolls in a page: wide code, long outputs, wide tables and formulas can be reached and scrolled by
 * keyboard, and nothing else is a stop on the way. It runs in the browser, so it is text here.
 */
export const SCROLLERS = `
const scrolls = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
  clientWidth > 0 && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1);
const reach = () => {
  for (const box of document.querySelectorAll('pre, .rich, .prose, math[display=block]')) {
    if (getComputedStyle(box).overflowX !== 'visible' && scrolls(box)) box.setAttribute('tabindex', 0);
    else box.removeAttribute('tabindex');
  }
};
reach();
addEventListener('resize', reach);`;
