import type { MimeBundle } from '../jupyter/wire';
import { checkControls } from './check-controls';
import { type Control, openers } from './controls';
import { convlensKernel } from './front-end';
import { asOutput, openOutput } from './output';
import { openModel } from './widget-model';

/**
 * Shows controls, draws with their values, and draws again in place whenever one changes. Without
 * widgets (stock tslab, a front end without ipywidgets), only the first drawing is shown.
 *
 * @param controls by name; `draw` gets their values by the same names
 * @param draw may show figures and print
 * @returns a promise that resolves after the first drawing
 * @throws {TypeError} for a value that is not a control
 * @example
 * await interact({ channel: slider(0, 15), cmap: dropdown(['viridis', 'gray']) }, ({ channel, cmap }) =>
 *   matshow(activations[0], { channel, cmap: cmap as 'viridis' }),
 * );
 */
export async function interact<C extends Record<string, Control<unknown>>>(
  controls: C,
  draw: (values: { [K in keyof C]: C[K]['value'] }) => unknown,
): Promise<void> {
  checkControls(controls, draw, (value) => openers.has(value));
  const kernel = convlensKernel();
  const values = () =>
    Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value])) as {
      [K in keyof C]: C[K]['value'];
    };
  if (!kernel) {
    console.log(
      'These controls move in the convlens kernel (npx convlens install); here is the first drawing.',
    );
    await draw(values());
    return;
  }
  const opened = Object.entries(controls).map(([name, control]) => openers.get(control)!(name));
  const place = openOutput('');
  const children = [...opened, place].map(({ reference }) => reference);
  const fallback = opened.map(({ bundle }) => bundle.data['text/plain']).join('\n');
  kernel.display(openModel({ name: 'VBoxModel', state: { children } }, fallback).bundle);
  const id = `convlens-${Math.random().toString(36).slice(2)}`;
  let shown = 0;
  const redraw = async () => {
    const bundles: MimeBundle[] = [];
    await kernel.capture(
      () => draw(values()),
      (bundle) => bundles.push(bundle),
    );
    if (elsewhere) place.send({ outputs: bundles.map(asOutput) });
    if (inVoila()) return;
    // Otherwise outputs of the previous drawing would remain.
    while (bundles.length < shown) bundles.push({ data: { 'text/plain': '' }, metadata: {} });
    for (const [at, bundle] of bundles.entries()) kernel.display(bundle, `${id}-${at}`, at < shown);
    shown = bundles.length;
  };
  // A page that was loaded after the cell ran knows its widgets, but not what else the cell showed: such a page gets
  // its drawings in a widget.
  const home = kernel.session();
  let elsewhere = inVoila();
  let drawing = false;
  let stale = false;
  const follow = async () => {
    elsewhere ||= kernel.session() !== home;
    stale = true;
    if (drawing) return;
    drawing = true;
    try {
      while (stale) {
        stale = false;
        await redraw();
      }
    } finally {
      drawing = false;
    }
  };
  for (const control of Object.values(controls)) control.onChange(() => void follow());
  await redraw();
}

/** Voilà runs a notebook before its page is there, so that no page knows what a cell showed. */
function inVoila(): boolean {
  const { SERVER_SOFTWARE: server, VOILA_BASE_URL: base } = globalThis.process?.env ?? {};
  return base !== undefined || /^voila\//i.test(server ?? '');
}
