import { DARK_PAPER, FIGURE_STYLE } from '../../../renderers/page';

/** The page's look: the system's own letters, one column, a light and a dark theme. */
export const STYLE = `
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d9dee4; --well: #f6f8fa;
  --link: #0b5cad; --bad: #b3261e; --bad-well: #fdf0ef; --key: #8a3ffc; --string: #0a6b4f; --number: #9a4a00; }
@media (prefers-color-scheme: dark) {
  :root { --page: ${DARK_PAPER}; --ink: #e4e7eb; --soft: #9aa4af; --line: #31373d; --well: #1c2024; --link: #7ab7ff;
    --bad: #ff9a92; --bad-well: #2d1a19; --key: #c3a1ff; --string: #7fd6b4; --number: #f3b27a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 64.5rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 0.6em; } main > :first-child h1 { margin-top: 0; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.4rem; } h3 { font-size: 1.15rem; }
a { color: var(--link); } img { max-width: 100%; height: auto; }
blockquote { margin: 1em 0; padding-left: 1em; border-left: 3px solid var(--line); color: var(--soft); }
pre, code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
p code, li code, td code { background: var(--well); padding: 0.1em 0.3em; border-radius: 4px; }
pre { margin: 0.75rem 0; overflow-x: auto; }
.code, .prose pre { background: var(--well); border: 1px solid var(--line); border-radius: 8px; padding: 0.75rem 1rem; }
.text { padding: 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 40rem; overflow-y: auto; }
.table { white-space: pre; overflow-x: auto; overflow-wrap: normal; }
.left-out { color: var(--soft); overflow-wrap: anywhere; }
.without-background::before { content: '(left out: a background picture) '; color: var(--soft); font-style: italic; }
img[src^='data:image/svg'] { background: #fff; }
.copyable { position: relative; } .copyable button { position: absolute; top: 0.35rem; right: 0.35rem; min-height: 1.75rem;
  font: 0.8rem/1 system-ui, sans-serif; color: var(--ink); background: var(--page); border: 1px solid var(--line);
  border-radius: 6px; padding: 0.2rem 0.5rem; opacity: 0; cursor: pointer; }
.copyable:hover button, .copyable button:focus-visible { opacity: 1; } @media (hover: none) { .copyable button { opacity: 0.85; } }
math { font-size: 1.08em; } math[display=block], .tml-display { max-width: 100%; margin: 0.8em 0; overflow-x: auto; overflow-y: hidden; }
.contents { font-size: 0.92rem; border: 1px solid var(--line); border-radius: 8px; padding: 0.5rem 1rem; margin: 1rem 0; }
.contents summary { cursor: pointer; font-weight: 600; } .contents ul { list-style: none; margin: 0.3rem 0; padding: 0; }
.contents a { display: block; padding: 0.15rem 0; text-decoration: none; } .contents a:hover { text-decoration: underline; }
.level-1 { padding-left: 1rem; } .level-2 { padding-left: 2rem; }
h1, h2, h3, h4 { scroll-margin-top: 1rem; }
@media screen and (min-width: 92rem) { .contents { position: fixed; left: 1rem; top: 2rem; width: calc(50vw - 34rem);
  max-width: 18rem; max-height: calc(100vh - 4rem); overflow-y: auto; border: 0; padding: 0; margin: 0; } }
.stderr { color: var(--soft); }
.error { color: var(--bad); background: var(--bad-well); border-radius: 8px; padding: 0.75rem 1rem; }
.rich, .prose { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.75rem 0; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; }
[align=right] { text-align: right; } .rich :is(th, td) { white-space: nowrap; }
.figure { width: fit-content; max-width: 100%; margin: 0.75rem 0; padding: 0.75rem; background: var(--page);
  border: 1px solid var(--line); border-radius: 8px; }
.figure .live { display: none; } .figure.alive .live { display: block; } .figure.alive .still { display: none; }
.figure .still { display: block; max-width: 100%; height: auto; background: #fff; }
${FIGURE_STYLE}
.hljs-keyword, .hljs-built_in, .hljs-literal { color: var(--key); }
.hljs-string, .hljs-regexp, .hljs-meta .hljs-string { color: var(--string); }
.hljs-number, .hljs-title { color: var(--number); } .hljs-comment { color: var(--soft); font-style: italic; }
@media (max-width: 40rem) { main { padding: 1rem 0.75rem 3rem; } h1 { font-size: 1.5rem; } }
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --line: #bbb; --well: #f6f6f6; }
  main { max-width: none; padding: 0; } .text { max-height: none; } .figure { border: 0; padding: 0; break-inside: avoid; }
  .figure.alive .live:not(:last-child) { display: none; } .figure .still, .figure.alive .still { display: block; max-width: 100%; }
  pre { white-space: pre-wrap; overflow: visible; overflow-wrap: anywhere; } pre, table { break-inside: avoid; }
  .table { white-space: pre; font-size: min(8.5pt, calc(96vw / (0.61 * var(--columns)))); } .vast { white-space: pre-wrap; font-size: 7pt; }
  math { font-size: min(1.08em, calc(92vw / var(--letters, 1))); }
  .rich, .prose { overflow: visible; } .rich div { max-height: none !important; }
  table { font-size: 8pt; } :is(table, .rich) :is(th, td) { white-space: normal; overflow-wrap: anywhere; padding: 0.2em 0.4em; }
  details::details-content { content-visibility: visible; }
  h1, h2, h3, h4, .prose:has(> :is(h1, h2, h3, h4):last-child) { break-after: avoid; break-inside: avoid; }
  .copyable button { display: none; } a { color: inherit; } }
`;
