import type { Content, MimeBundle } from '../jupyter/wire';

/**
 * Finds the kernel that runs this code, and its way to the front end. The convlens kernel leaves its own in a global
 * symbol, since a cell may import another copy of this module than the kernel's; stock tslab keeps a function in one
 * of its modules; Deno's kernel has one in its global object.
 */

/** What the convlens kernel offers to modules in its cells. */
export interface Kernel {
  openComm(target: string, data: Content, metadata: Content, onMessage: (data: Content) => void): Comm;
  /** Shows a bundle in the running cell; with an id it can be updated later, from any cell. */
  display(bundle: MimeBundle, id?: string, update?: boolean): void;
  /** Runs code; all that it shows or prints goes to `show` instead of the cell. */
  capture(run: () => unknown, show: (bundle: MimeBundle) => void): Promise<void>;
  /** Which of the front end's pages, by its session, sent the message that the running code answers. */
  session(): string;
}

/** An open line to the front end. */
export interface Comm {
  readonly id: string;
  send(data: Content): void;
  close(): void;
}

const KEY = Symbol.for('convlens.kernel');

/** The convlens kernel that runs this code; undefined in other kernels and outside of notebooks. */
export function convlensKernel(): Kernel | undefined {
  return (globalThis as { [KEY]?: Kernel })[KEY];
}

/** Called once, by the engine of the convlens kernel. */
export function offerKernel(kernel: Kernel): void {
  (globalThis as { [KEY]?: Kernel })[KEY] = kernel;
}

/**
 * Shows a bundle in the running cell of the current kernel.
 *
 * @returns whether there is one; outside of a kernel nothing is shown
 */
export function display(bundle: MimeBundle): boolean {
  const show = convlensKernel()?.display ?? tslabDisplay() ?? denoDisplay();
  show?.(bundle);
  return show !== undefined;
}

/**
 * The way that tslab's own `display` takes. It is looked up at each call, since tslab sets it anew for every cell, and
 * in the copy of tslab that is loaded: a global installation is another copy than this package would resolve.
 */
function tslabDisplay(): ((bundle: MimeBundle) => void) | undefined {
  for (const [path, module] of Object.entries(require.cache)) {
    const write = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path) && module?.exports.lastWriteDisplayData;
    if (write) return ({ data, metadata }) => write({ data, metadata, transient: {} }, false);
  }
  return undefined;
}

/** Deno's kernel lets a cell publish what it likes. */
function denoDisplay(): ((bundle: MimeBundle) => void) | undefined {
  const { Deno: deno } = globalThis as {
    Deno?: { jupyter?: { broadcast?(type: string, content: object): Promise<void> } };
  };
  const broadcast = deno?.jupyter?.broadcast;
  return (
    broadcast && (({ data, metadata }) => void broadcast('display_data', { data, metadata, transient: {} }))
  );
}
