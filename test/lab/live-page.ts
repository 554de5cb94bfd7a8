import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { exploreFigure, loadImage, loadModel, predict } from '../../src/index';
import { until } from '../until';
import type { VisitOptions } from './browser';

export const ROOT = join(__dirname, '..', '..', '..');
export const OUT = join(ROOT, 'out', 'live');
mkdirSync(OUT, { recursive: true });

/** The tutorial's model and picture as a page that runs. @returns its path */
export async function tutorialPage(name: string): Promise<string> {
  const path = join(OUT, `${name}.html`);
  const model = await loadModel(join(ROOT, 'notebooks', 'dogcat_v1.h5'));
  const picture = await loadImage(join(ROOT, 'notebooks', 'cat.jpg'), { targetSize: [150, 150] });
  const activations = await predict(model, picture, { layers: model.layers.slice(0, 5) });
  const first = { layer: 'conv2d_3', channel: 20 };
  const figure = exploreFigure(activations, { model, picture, labels: ['cat', 'dog'], ...first });
  await figure.save(path, { live: true });
  return path;
}

export const addressOf = (path: string) => pathToFileURL(path).href;

/** What `before` leaves in a page: its workers, and a way to ask them what the page asks. */
interface Watched {
  workers: { postMessage(message: object): void; addEventListener(type: string, heard: object): void }[];
}

/** Opens pages without a network, and keeps the workers that they start. */
export const WATCHED: VisitOptions = {
  offline: true,
  before: () => {
    const scope = globalThis as unknown as { Worker: new (url: string) => object } & Watched;
    scope.workers = [];
    const { Worker: Plain } = scope;
    scope.Worker = class extends Plain {
      constructor(url: string) {
        super(url);
        scope.workers.push(this as never);
      }
    };
  },
};

/** Waits until the engine has run the author's picture. @returns the milliseconds since the page was opened */
export async function engineUp(page: Page): Promise<number> {
  await page.locator('html[data-ready], html[data-failed]').waitFor();
  const failed = await page.evaluate('document.documentElement.dataset.failed');
  if (failed) throw new Error(String(failed));
  return Number(await page.evaluate('document.documentElement.dataset.ready'));
}

/** Waits for an expression; the page's policy forbids Playwright's own way. */
export const becomes = (page: Page, expression: string): Promise<void> =>
  until(async () => Boolean(await page.evaluate(expression)), `it does not become true: ${expression}`);

/** Asks the page's worker. Numbers come back as base64, which is quicker than JSON. */
export async function ask<Result>(page: Page, call: string, ...given: unknown[]): Promise<Result> {
  const text = (await page.evaluate(
    ({ call, given }) =>
      new Promise((resolve, reject) => {
        const { workers } = globalThis as unknown as Watched;
        const worker = workers.at(-1)!;
        const id = Math.random();
        const encode = (_: string, value: unknown) => {
          if (!ArrayBuffer.isView(value)) return value;
          const bytes = new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
          let letters = '';
          for (let i = 0; i < bytes.length; i += 32768)
            letters += String.fromCharCode(...bytes.subarray(i, i + 32768));
          return { base64: btoa(letters), kind: value.constructor.name };
        };
        worker.addEventListener(
          'message',
          ({ data }: { data: { id: number; result?: unknown; error?: object } }) => {
            if (data.id !== id) return;
            if (data.error) reject(new Error(JSON.stringify(data.error)));
            else resolve(JSON.stringify(data.result, encode));
          },
        );
        const bytes = (value: unknown) => {
          const { base64, ...rest } = (value ?? {}) as { base64?: string };
          return base64
            ? { ...rest, bytes: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) }
            : value;
        };
        worker.postMessage({ id, call, arguments: given.map(bytes) });
      }),
    { call, given },
  )) as string;
  return JSON.parse(text, (_, value) => {
    if (typeof value?.base64 !== 'string') return value;
    const { buffer, byteOffset, length } = Buffer.from(value.base64, 'base64');
    const own = buffer.slice(byteOffset, byteOffset + length);
    return value.kind === 'Float32Array'
      ? new Float32Array(own as ArrayBuffer)
      : new Uint8Array(own as ArrayBuffer);
  });
}

/** Drops a file on the page, as a reader does. */
export async function drop(page: Page, name: string, bytes: Buffer, type: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, base64, type }) => {
      const scope = globalThis as unknown as {
        DataTransfer: new () => { items: { add(file: File): void } };
      };
      const data = new scope.DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
      return data;
    },
    { name, base64: bytes.toString('base64'), type },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
