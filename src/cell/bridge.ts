import type { Content } from '../jupyter/wire';

/** What a running convlens kernel offers to modules in its cells (the widgets). */
export interface Bridge {
  openComm(target: string, data: Content, metadata: Content, onMessage: (data: Content) => void): Comm;
  /** Shows a bundle in the running cell; with an id it can be updated from anywhere later. */
  display(bundle: { data: Content; metadata: Content }, id?: string, update?: boolean): void;
  /**
   * Runs code with everything it shows or prints handed to `show` instead of the cell.
   */
  capture(run: () => unknown, show: (bundle: { data: Content; metadata: Content }) => void): Promise<void>;
}

export interface Comm {
  readonly id: string;
  send(data: Content): void;
  close(): void;
}

const KEY = Symbol.for('convlens.kernel');

/** The bridge of the kernel this code runs in; nothing in stock tslab and outside of notebooks. */
export function bridge(): Bridge | undefined {
  return (globalThis as { [KEY]?: Bridge })[KEY];
}

export function offerBridge(offered: Bridge): void {
  (globalThis as { [KEY]?: Bridge })[KEY] = offered;
}
