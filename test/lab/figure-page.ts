import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Figure } from '../../src/index';
import { type VisitOptions, visit } from './browser';

const OUT = join(__dirname, '..', '..', '..', 'out', 'pages');
mkdirSync(OUT, { recursive: true });

/** Keeps Vega's views, which a page does not hand out, in `window.views`. */
function keepViews(): void {
  let embed: (...given: unknown[]) => Promise<{ view: unknown }>;
  const views: unknown[] = [];
  Object.assign(window, { views });
  Object.defineProperty(window, 'vegaEmbed', {
    set: (given) => (embed = given),
    get:
      () =>
      async (...given: unknown[]) => {
        const made = await embed(...given);
        views.push(made.view);
        return made;
      },
  });
}

/** The addresses beyond itself that each page has asked for. */
const strangers = new WeakMap<Page, string[]>();

/**
 * Saves a figure as a page and opens it.
 *
 * @param again a page that this has opened: the figure takes its place, and Vega is not compiled once more
 */
export async function openFigure(
  name: string,
  figure: Figure,
  options: VisitOptions = {},
  again?: Page,
): Promise<Page> {
  const path = join(OUT, `${name}.html`);
  await figure.save(path);
  let page = again;
  if (page) await page.setViewportSize({ width: options.width!, height: options.height! });
  else {
    const visited = await visit('about:blank', { ...options, before: keepViews });
    page = visited.page;
    strangers.set(page, visited.strangers);
  }
  await page.goto(pathToFileURL(path).href);
  await page.locator('.alive').waitFor();
  assert.equal(strangers.get(page), []);
  return page;
}

/** A signal of the page's last view. */
export async function signalOf<Value>(page: Page, name: string): Promise<Value> {
  const text = await page.evaluate((asked) => {
    const { views } = window as unknown as { views: { signal(name: string): unknown }[] };
    return JSON.stringify(views.at(-1)!.signal(asked) ?? null);
  }, name);
  return JSON.parse(text);
}

/** A line that the pointer has called up, with its edges in CSS pixels of the canvas. */
export interface Told {
  text: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What is under a place of the canvas. */
export interface Pointed {
  told: Told[];
  /** The colour of the canvas there. */
  color: [number, number, number];
  /** The canvas, in CSS pixels. */
  canvas: { width: number; height: number };
}

interface Item {
  text?: unknown;
  x?: number;
  y?: number;
  fontWeight?: unknown;
  bounds?: { x1: number; x2: number; y1: number; y2: number };
  mark?: { marktype: string };
  items?: Item[];
}

interface Drawn {
  runAsync(): Promise<unknown>;
  scenegraph(): { root: Item };
  _origin: [number, number];
  padding(): { left: number; top: number };
}

/** Moves the pointer to a place of the canvas, as a hand does, and reads what the figure tells. */
export async function pointAt(page: Page, x: number, y: number): Promise<Pointed> {
  const box = (await page.locator('canvas').first().boundingBox())!;
  await page.mouse.move(box.x + x, box.y + y);
  const [pointed] = await read(page, [[x, y]], false);
  return pointed!;
}

/**
 * As `pointAt` for many places, one after another, in a hundredth of the time: the page itself sends the events that a
 * moving pointer causes, to what lies there.
 */
export const pointAtEach = (page: Page, places: [x: number, y: number][]): Promise<Pointed[]> =>
  read(page, places, true);

/** What the figure tells at each place, with or without moving there first. */
function read(page: Page, places: [x: number, y: number][], isMoved: boolean): Promise<Pointed[]> {
  return page.evaluate(
    async ({ places, isMoved }) => {
      const { views } = window as unknown as { views: Drawn[] };
      const view = views.at(-1)!;
      const canvas = document.querySelector('canvas')!;
      const pointed: Pointed[] = [];
      for (const [x, y] of places) {
        if (isMoved) {
          const box = canvas.getBoundingClientRect();
          const [clientX, clientY] = [box.left + x, box.top + y];
          const given = { clientX, clientY, bubbles: true, cancelable: true, view: window };
          const under = document.elementFromPoint(clientX, clientY);
          under?.dispatchEvent(
            new PointerEvent('pointermove', { ...given, pointerType: 'mouse', pointerId: 1 }),
          );
          under?.dispatchEvent(new MouseEvent('mousemove', given));
        }
        await view.runAsync();
        const told: Told[] = [];
        const { left, top } = view.padding();
        const look = (item: Item, dx: number, dy: number) => {
          if (item.text && item.fontWeight === 'bold' && /→|·.* to /.test(String(item.text))) {
            const { x1, x2, y1, y2 } = item.bounds!;
            told.push({
              text: String(item.text),
              left: x1 + dx,
              right: x2 + dx,
              top: y1 + dy,
              bottom: y2 + dy,
            });
          }
          const inner = item.mark?.marktype === 'group' ? [item.x ?? 0, item.y ?? 0] : [0, 0];
          for (const one of item.items ?? []) look(one, dx + inner[0]!, dy + inner[1]!);
        };
        look(view.scenegraph().root, view._origin[0] + left, view._origin[1] + top);
        const { data } = canvas.getContext('2d')!.getImageData(Math.floor(x), Math.floor(y), 1, 1);
        const color: Pointed['color'] = [data[0]!, data[1]!, data[2]!];
        pointed.push({ told, color, canvas: { width: canvas.clientWidth, height: canvas.clientHeight } });
      }
      return pointed;
    },
    { places, isMoved },
  );
}
