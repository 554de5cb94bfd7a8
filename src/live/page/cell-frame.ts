import { element } from './element';

/** How the page talks with a worker. */
export interface WorkerPorts {
  /** The worker evaluates the text that it gets first. */
  worker: MessagePort;
  /** Tells of errors of the worker that nothing caught, in words. */
  errors: MessagePort;
}

/** The frame that starts the workers in which cells run, as the page sees it: see frame.ts. */
export class CellFrame {
  /** A worker that has just been started. */
  fresh!: Promise<WorkerPorts>;

  constructor(private readonly frame: Window) {
    this.renew();
  }

  /** Ends the worker, whatever it does, and starts another. */
  renew(): void {
    const worker = new MessageChannel();
    const errors = new MessageChannel();
    this.fresh = within('its worker does not answer', (resolve, reject) => {
      worker.port1.onmessage = () => resolve({ worker: worker.port1, errors: errors.port1 });
      errors.port1.onmessage = ({ data }) =>
        reject(new Error(`this browser starts no worker in a page. ${data}`.trim()));
      // A sandboxed frame has no origin that could be named.
      this.frame.postMessage('start', '*', [worker.port2, errors.port2]);
    });
    // Who needs the worker hears of a failure then.
    this.fresh.catch(() => {});
  }
}

/** Milliseconds until a frame or a worker that does not answer counts as one that never will. */
const PATIENCE = 20_000;

/**
 * Adds the frame to the page, starts a worker, and then narrows the page's policy.
 *
 * @param script of the frame, which the page's policy allows by its hash
 * @throws {Error} when the browser has no WebAssembly, or starts no worker in such a frame
 */
export async function cellFrame(script: string): Promise<CellFrame> {
  try {
    if (typeof WebAssembly !== 'object') throw new Error('this browser has no WebAssembly');
    const frame = await addFrame(script);
    await frame.fresh;
    return frame;
  } finally {
    narrowPolicy();
  }
}

async function addFrame(script: string): Promise<CellFrame> {
  const frame = element('iframe', { hidden: true, title: 'Starts the workers in which cells run' });
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = `<script>${script}</script>`;
  await within<void>('this browser runs no frame in a page', (resolve) => {
    addEventListener('message', ({ source }) => source === frame.contentWindow && resolve());
    document.body.append(frame);
  });
  return new CellFrame(frame.contentWindow!);
}

/** A promise that is rejected with a reason when it takes too long. */
function within<Value>(
  reason: string,
  begin: (resolve: (value: Value) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(reason)), PATIENCE);
    begin(resolve, reject);
  });
}

/** From here on the page evaluates no text. A policy can only be narrowed, so nothing takes this back. */
function narrowPolicy(): void {
  const given = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')!;
  const narrow = document.createElement('meta');
  narrow.httpEquiv = 'Content-Security-Policy';
  narrow.content = given.content.replace(" 'unsafe-eval'", '');
  document.head.append(narrow);
}
