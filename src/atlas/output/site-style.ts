/** The look of an atlas's site, on light and dark paper, from a phone to a wide screen. */
export const SITE_STYLE = `:root {
  color-scheme: light dark;
  --paper: #fbfbfa; --card: #fff; --ink: #1c2024; --muted: #666d75; --line: #e2e4e7; --track: #e6e8eb;
  --accent: #0b62c4; --bar: #4c78a8; --frame: #ff9500;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1214; --card: #181c20; --ink: #e8eaed; --muted: #9aa3ad; --line: #2a3036; --track: #2a3036;
    --accent: #6cb0ff; --bar: #6f9bcb; --frame: #ffb340;
  }
}
* { box-sizing: border-box; }
html { overflow-y: scroll; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', sans-serif; }
a { color: inherit; text-decoration: none; }
a:hover h2, a:hover .name, .crumbs a:hover, nav a:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
header { position: sticky; top: 0; z-index: 2; background: color-mix(in srgb, var(--paper) 92%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
.bar { max-width: 1240px; margin: 0 auto; padding: 0.6rem 1.25rem; display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; }
.crumbs { font-weight: 600; display: flex; flex-wrap: wrap; gap: 0 0.5rem; min-width: 0; }
.crumbs span { color: var(--muted); font-weight: 400; }
nav { display: flex; gap: 1rem; color: var(--muted); }
nav a[aria-current] { color: var(--ink); border-bottom: 2px solid var(--accent); }
.search { margin-left: auto; flex: 0 1 16rem; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.35rem 0.6rem; min-height: 2.25rem; max-width: 100%; }
input[type=search] { width: 100%; }
input[type=checkbox] { min-height: 0; accent-color: var(--accent); }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
main { max-width: 1240px; margin: 0 auto; padding: 1.25rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.25rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 0.8rem; font-weight: 600; margin: 1.75rem 0 0.6rem; color: var(--muted); text-transform: uppercase; letter-spacing: 0.05em; }
.facts { color: var(--muted); margin: 0 0 1.25rem; font-variant-numeric: tabular-nums; }
.layers { display: grid; gap: 0.75rem; }
.layer { display: grid; grid-template-columns: 17rem 1fr; gap: 1rem; align-items: center; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.75rem 1rem; transition: border-color 0.12s; content-visibility: auto; contain-intrinsic-size: auto 98px; }
.layer:hover { border-color: var(--accent); }
.layer .facts { margin: 0; font-size: 0.85rem; }
.strip { display: flex; gap: 6px; overflow: hidden; height: 72px; flex-wrap: wrap; }
.patch { position: relative; overflow: hidden; border-radius: 5px; background: var(--track); flex: none; aspect-ratio: 1; }
.patch::after { content: ''; position: absolute; inset: 0; border-radius: inherit; box-shadow: inset 0 0 0 1px rgb(128 128 128 / 22%); pointer-events: none; }
.strip .patch { height: 72px; }
.together .patch { width: 76px; }
.patch img { position: absolute; max-width: none; display: block; }
.patch.enlarged img { image-rendering: pixelated; }
.patch i { position: absolute; border: 1.5px solid var(--frame); box-shadow: 0 0 0 1px rgb(0 0 0 / 45%); border-radius: 2px; pointer-events: none; }
.tools { display: flex; flex-wrap: wrap; gap: 0.6rem 1rem; align-items: center; margin-bottom: 1rem; color: var(--muted); }
.tools label { display: flex; gap: 0.45rem; align-items: center; }
.window { position: relative; }
.tile { position: absolute; display: block; border-radius: 8px; }
.mosaic { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; border-radius: 8px; overflow: hidden; }
.mosaic .patch { border-radius: 0; }
.tile:hover .mosaic { outline: 2px solid var(--accent); outline-offset: 2px; }
.tile .name { display: flex; justify-content: space-between; gap: 0.5rem; font-size: 0.85rem; margin-top: 4px; font-weight: 600; white-space: nowrap; }
.tile .name small { color: var(--muted); font-weight: 400; font-size: inherit; font-variant-numeric: tabular-nums; }
.tile .where { display: block; color: var(--muted); font-size: 0.75rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.dead .mosaic { display: block; background: repeating-linear-gradient(45deg, var(--track) 0 6px, transparent 6px 12px); }
.channel { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 0 2.5rem; align-items: start; }
.patches { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 14px; }
.patches figure { margin: 0; min-width: 0; }
.patches .patch { border-radius: 8px; }
.patches figcaption { display: flex; justify-content: space-between; gap: 0.75rem; font-size: 0.82rem; margin-top: 4px; }
.patches figcaption span { color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; direction: rtl; }
.patches figcaption b { font-weight: 600; font-variant-numeric: tabular-nums; }
.head { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
.head .facts { margin: 0; }
.steps { display: flex; gap: 0.4rem; }
aside { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.25rem 1.1rem 1.1rem; }
aside h3:first-child { margin-top: 0.9rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { padding: 0.18rem 0; text-align: left; font-weight: 400; }
td:last-child { text-align: right; }
th { color: var(--muted); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); }
svg text { fill: var(--muted); font-size: 11px; }
.meters { display: grid; grid-template-columns: minmax(4rem, auto) 1fr auto; gap: 0.3rem 0.7rem; align-items: center; font-variant-numeric: tabular-nums; }
.meter { height: 7px; border-radius: 4px; background: var(--track); position: relative; }
.meter i { position: absolute; top: 0; bottom: 0; border-radius: 4px; background: var(--bar); }
.meter::after { content: ''; position: absolute; left: 50%; top: -3px; bottom: -3px; border-left: 1px solid var(--muted); }
.meter.plain::after { content: none; }
.together { display: flex; gap: 10px; flex-wrap: wrap; }
.together a { text-align: center; font-size: 0.82rem; font-variant-numeric: tabular-nums; color: var(--muted); }
.together b { color: var(--ink); font-weight: 600; }
.note { color: var(--muted); font-size: 0.85rem; }
.scroll { overflow-x: auto; }
.confusion { width: auto; }
.confusion td, .confusion th { padding: 0.35rem 0.7rem; text-align: right; border: 1px solid var(--line); min-width: 3.5rem; }
.confusion th { color: var(--ink); }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3rem; font: inherit; font-size: 0.8rem; }
.keys { color: var(--muted); font-size: 0.82rem; margin-top: 1.5rem; }
@media (max-width: 860px) {
  .channel { grid-template-columns: 1fr; gap: 1.25rem; }
  .layer { grid-template-columns: 1fr; gap: 0.5rem; contain-intrinsic-size: auto 148px; }
}
@media (max-width: 560px) {
  main { padding: 1rem 0.9rem 3rem; }
  .bar { padding: 0.5rem 0.9rem; }
  .search { flex: 1 1 100%; }
  .patches { gap: 8px; }
  .keys { display: none; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
