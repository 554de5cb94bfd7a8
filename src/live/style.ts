import { DARK_PAPER } from '../../renderers/page';

/** Colours and letters of pages that run, in light and dark: those of every page of convlens. */
export const PAGE_COLOURS = `:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #5f6871; --line: #d9dee3; --track: #dcdfe3; --accent: #0b69d7; --on-accent: #fff; --wrong: #b3261e; --soft: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --paper: ${DARK_PAPER}; --ink: #e4e7eb; --muted: #a9b2bc; --line: #30363d; --track: #3d444d; --accent: #58a6ff; --on-accent: #0d1117; --wrong: #ff8a80; --soft: #1c2126; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
button { font: inherit; padding: 0.35rem 0.8rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink); cursor: pointer; }
button:hover { background: var(--soft); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover { filter: brightness(1.08); }
button.small { font-size: 0.85rem; padding: 0.15rem 0.6rem; }
button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type=range] { accent-color: var(--accent); min-width: 0; min-height: 2rem; }
input[type=number], select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 0.25rem 0.4rem; }
.muted { color: var(--muted); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.row { display: flex; gap: 0.6rem; align-items: center; flex-wrap: wrap; }
#status { margin: 0.6rem 0; color: var(--muted); }
#status:empty { display: none; }
#status.wrong { color: var(--wrong); }`;

/** The link to the licences, and their window. */
export const LICENCES_STYLE = `.link { font: inherit; border: 0; padding: 0; background: none; color: inherit; text-decoration: underline; cursor: pointer; }
.licences { width: min(50rem, 94vw); } .licences pre { white-space: pre-wrap; font-size: 0.75rem; max-height: 70vh; overflow: auto; }`;

/** How the page of an explorer looks. */
export const EXPLORER_STYLE = `${PAGE_COLOURS}
main { max-width: 68rem; margin: 0 auto; padding: 1.4rem 1rem 3rem; }
#app > .still { margin-top: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; }
h2 small { font-size: 0.85rem; font-weight: normal; color: var(--muted); margin-left: 0.5rem; }
h3 { font-size: 0.9rem; margin: 0 0 0.3rem; }
.trio h3 { display: flex; flex-wrap: wrap; gap: 0 0.6rem; align-items: center; }
.trio h3 span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lead { margin: 0.3rem 0 0; color: var(--muted); }
.still { max-width: 100%; height: auto; background: #fff; border-radius: 8px; }
.toolbar { display: flex; gap: 0.6rem 0.8rem; align-items: center; flex-wrap: wrap; margin: 1rem 0; }
.toolbar .muted { font-size: 0.85rem; }
.sources { display: flex; gap: 0.6rem; }
.card { border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem 1.1rem; margin: 0 0 1rem; }
.caption { margin: 0.1rem 0 0.8rem; color: var(--muted); font-size: 0.85rem; font-variant-numeric: tabular-nums; min-height: 1.3em; }
.view { display: flex; gap: 1rem; align-items: flex-start; }
.trios { flex: 1 1 auto; min-width: 0; display: grid; gap: 1.2rem; }
.trios.two { grid-template-columns: 1fr 1fr; }
.trio { min-width: 0; }
.panels { display: grid; gap: 0.9rem; grid-template-columns: repeat(3, minmax(0, 1fr)) auto; align-items: start; }
.two .panels { grid-template-columns: 1fr 1fr; }
.two .panel:nth-child(2) { grid-column: 1 / 3; grid-row: 1; }
.panel { margin: 0; min-width: 0; }
.stage { position: relative; width: 100%; border-radius: 4px; overflow: hidden; background: var(--track); cursor: crosshair; touch-action: pan-y; }
.stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; image-rendering: pixelated; display: block; }
.where .over { image-rendering: auto; }
.spot { position: absolute; width: 13px; height: 13px; margin: -6.5px; border: 2px solid #fff; outline: 1px solid #000; border-radius: 50%; pointer-events: none; }
figcaption { font-size: 0.8rem; color: var(--muted); margin-top: 0.25rem; font-variant-numeric: tabular-nums; min-height: 1.5em; }
.legend { flex: none; display: flex; gap: 0.4rem; align-items: stretch; height: var(--height); margin-top: var(--top); }
.ramp { width: 12px; flex: none; border-radius: 3px; background: linear-gradient(to top, var(--stops)); }
.ends { display: flex; flex-direction: column; justify-content: space-between; font-size: 0.8rem; line-height: 1; color: var(--muted); font-variant-numeric: tabular-nums; min-width: 3.2em; }
.controls { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.35rem 0.9rem; align-items: center; margin: 0.6rem 0 0.4rem; max-width: 40rem; }
.controls > label { color: var(--muted); text-align: right; }
.controls .row { flex-wrap: nowrap; }
.controls select { flex: 0 1 26rem; min-width: 0; max-width: 100%; }
.controls input[type=range] { flex: 1 1 auto; }
.controls input[type=number] { flex: 0 0 4.6rem; width: 4.6rem; }
.step { flex: none; padding: 0.2rem 0.55rem; font-size: 0.75rem; line-height: 1.6; }
.end { flex: none; font-size: 0.85rem; min-width: 4.2em; }
.tools { margin-top: 0.6rem; }
.tiles { position: relative; cursor: pointer; border-radius: 4px; }
.tiles canvas { display: block; width: 100%; }
.frame { position: absolute; top: 0; left: 0; border: 3px solid var(--accent); outline: 1px solid var(--paper); pointer-events: none; border-radius: 3px; }
.answer { margin-top: 0.4rem; }
.answer + .answer { margin-top: 1.2rem; }
.both { display: flex; gap: 1.4rem; flex-wrap: wrap; align-items: flex-start; }
.where { flex: 0 1 15rem; }
.classes { list-style: none; margin: 0; padding: 0; flex: 1 1 20rem; max-width: 40rem; display: grid; gap: 0.35rem; }
.classes li { display: grid; grid-template-columns: minmax(4rem, 9rem) 1fr 4.2rem auto; gap: 0.8rem; align-items: center; }
.classes li.muted { display: block; }
.classes .label { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar { height: 0.55rem; border-radius: 4px; background: var(--track); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--accent); border-radius: 4px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
footer { color: var(--muted); font-size: 0.8rem; margin-top: 1.4rem; }
dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink); padding: 1rem; max-width: 96vw; max-height: 96vh; }
dialog::backdrop { background: rgb(0 0 0 / 0.6); }
dialog header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-bottom: 0.6rem; }
.large .panel { width: min(90vw, calc((96vh - 8rem) * var(--ratio))); }
.camera video { display: block; max-width: 100%; max-height: 65vh; border-radius: 6px; }
.camera p { color: var(--muted); font-size: 0.85rem; margin: 0.5rem 0; }
.dropzone { display: none; position: fixed; inset: 0.8rem; border: 3px dashed var(--accent); border-radius: 14px; background: color-mix(in srgb, var(--paper) 82%, transparent); font-size: 1.6rem; place-items: center; pointer-events: none; z-index: 9; }
.dropping .dropzone { display: grid; }
.busy { cursor: progress; }
${LICENCES_STYLE}
@media (max-width: 700px) {
  main { padding: 0.9rem 0.7rem 2rem; }
  .card { padding: 0.8rem 0.75rem; }
  .view { flex-direction: column; gap: 0.5rem; }
  .view .trios { width: 100%; }
  .trios.two { gap: 0.7rem; }
  .panels { grid-template-columns: 1fr 1fr; }
  .panel:nth-child(2) { grid-column: 1 / 3; grid-row: 1; }
  .two .panels { grid-template-columns: 1fr; }
  .two .panel:nth-child(2) { grid-column: 1; }
  .legend { flex-direction: column; height: auto; width: 100%; gap: 0.2rem; margin-top: 0; }
  .panels .legend { grid-column: 1 / 3; grid-row: 2; }
  .ramp { width: 100%; height: 10px; background: linear-gradient(to right, var(--stops)); }
  .ends { flex-direction: row-reverse; }
  .controls { gap: 0.35rem 0.5rem; }
  .end { display: none; }
  .classes li { grid-template-columns: minmax(3rem, 6rem) 1fr 3.6rem auto; gap: 0.5rem; }
}
@media print { .toolbar, .controls, .tools, .dropzone, #status, .classes button { display: none; } }`;
