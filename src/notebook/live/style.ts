import { LICENCES_STYLE } from '../../live/style';

/** What a page whose cells run has besides the style of every notebook's page. */
export const LIVE_STYLE = `
${LICENCES_STYLE}
[hidden] { display: none !important; }
#head { position: sticky; top: 0; z-index: 5; background: var(--page); border-bottom: 1px solid var(--line); padding: 0.5rem 1rem; }
#head > * { max-width: 62.5rem; margin-inline: auto; }
.bar { display: flex; flex-wrap: wrap; gap: 0.4rem 0.5rem; align-items: center; }
.bar button { font: 0.9rem/1.4 system-ui, sans-serif; padding: 0.25rem 0.7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--ink); cursor: pointer; }
.bar button:hover:not(:disabled) { background: var(--well); } .bar button:disabled { opacity: 0.45; cursor: default; }
.bar .primary { background: var(--link); border-color: var(--link); color: var(--page); }
.bar .primary:hover:not(:disabled) { background: var(--link); filter: brightness(1.1); }
.follow { font-size: 0.85rem; color: var(--soft); display: flex; gap: 0.35rem; align-items: center; }
#status { font-size: 0.85rem; color: var(--soft); margin: 0.2rem auto 0; min-height: 1.4em; } #status.wrong { color: var(--bad); }
.see { font: inherit; border: 0; padding: 0 0.2rem; background: none; color: var(--link); text-decoration: underline; cursor: pointer; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.editor { position: relative; margin: 0.75rem 0; background: var(--well); border: 1px solid var(--line); border-left-width: 3px; border-radius: 8px; }
.editor:focus-within { border-color: var(--link); }
.editor .cm-editor { border-radius: 8px; padding-right: 2.6rem; }
.run { position: absolute; z-index: 2; top: 0.4rem; right: 0.4rem; width: 2rem; height: 2rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--link); cursor: pointer; font-size: 0.8rem; line-height: 1; }
.run:hover { background: var(--link); color: var(--page); }
.took { position: absolute; z-index: 1; right: 2.7rem; top: 0.75rem; padding: 0 0.3rem; background: var(--well); font-size: 0.75rem; line-height: 1.5; color: var(--soft); font-variant-numeric: tabular-nums; }
[data-state=running] .editor, [data-state=waiting] .editor { border-left-color: var(--link); }
[data-state=running] .run { animation: convlens-run 1s infinite alternate; }
[data-state=waiting] .run { opacity: 0.5; }
[data-state=done] .editor { border-left-color: var(--string); }
[data-state=failed] .editor { border-left-color: var(--bad); }
.edited .editor { border-style: dashed; border-left-style: solid; }
@keyframes convlens-run { to { background: var(--link); color: var(--page); } }
@media (prefers-reduced-motion: reduce) { [data-state=running] .run { animation: none; background: var(--link); color: var(--page); } }
.control { display: flex; gap: 0.75rem; align-items: center; max-width: 32rem; font-size: 0.9rem; margin: 0.4rem 0; }
.control input[type=range] { flex: 1 1 auto; min-width: 0; accent-color: var(--link); } .control select { font: inherit; } .readout { min-width: 3em; text-align: right; font-variant-numeric: tabular-nums; }
.about { color: var(--soft); font-size: 0.85rem; border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 0.5rem; }
h1, h2, h3, h4 { scroll-margin-top: 6rem; }
@media screen and (min-width: 92rem) { .contents { top: 7rem; } }
@media (max-width: 40rem) { .took { display: none; } #head { padding: 0.4rem 0.75rem; } .bar button { padding: 0.2rem 0.5rem; font-size: 0.82rem; } }
@media print { #head, .run, .took, .about { display: none; } }`;
