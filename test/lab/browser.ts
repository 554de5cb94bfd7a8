import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { PATIENCE } from '../until';

const SCREENSHOTS = join(__dirname, '..', '..', '..', 'out', 'screenshots');
mkdirSync(SCREENSHOTS, { recursive: true });

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the page wrote to its console as an error, and errors that nobody caught. */
  complaints: string[];
  /** Addresses asked for beyond the page's own origin. */
  strangers: string[];
}

export interface VisitOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  /** Whether the browser has no network at all. */
  offline?: boolean;
  /** Whether it is a screen that fingers touch. */
  hasTouch?: boolean;
  /** Runs in the page before its own scripts. */
  before?: () => void;
}

/** A camera that shows a test picture, and permission to use it. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

let browser: Browser | undefined;
/** Tests that are declared and have not ended: the last one ends the browser. */
let waiting = 0;

/** Opens an address in Debian's (or any) chromium, whose path scripts/test-lab.mjs found. */
export async function visit(url: string, options: VisitOptions = {}): Promise<Visit> {
  const executablePath = process.env['CONVLENS_CHROMIUM'];
  if (!executablePath) throw new Error('Run this by npm run test:lab, which finds the browser.');
  browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox', ...CAMERA] });
  const {
    width = 1400,
    height = 1000,
    colorScheme = 'light',
    offline = false,
    hasTouch = false,
    before,
  } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, offline, hasTouch });
  context.setDefaultTimeout(PATIENCE);
  if (before) await context.addInitScript(before);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const origin = new URL(url).origin;
  page.on('request', (request) => {
    const address = request.url();
    if (address !== url && !/^(data|blob|about):/.test(address) && new URL(address).origin !== origin) {
      strangers.push(address);
    }
  });
  await page.goto(url);
  return { page, context, complaints, strangers };
}

/**
 * Makes a test with a browser. What every page showed when it failed is kept, and its pages are closed whatever came of
 * it. Tests of a file share the browser: each has contexts of its own, which share nothing.
 */
export function inBrowser(test: () => Promise<void>): () => Promise<void> {
  waiting++;
  return async () => {
    try {
      await test();
    } catch (error) {
      const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
      for (const [i, page] of pages.entries()) await shoot(page, `failed-${i}`);
      throw error;
    } finally {
      for (const context of browser?.contexts() ?? []) await context.close();
      if (--waiting === 0) await browser?.close();
    }
  };
}

/** Keeps what a page shows, for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
