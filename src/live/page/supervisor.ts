/**
 * Cells are run by eval, which the page itself must not have. A worker keeps the policy of the moment it starts, so the
 * page starts one worker under the wider policy, and only then forbids itself to evaluate text. That worker runs no
 * code of the notebook: it starts the one that does, ends it on Stop, and passes messages on.
 */
const SUPERVISOR = `
let engine;
onmessage = ({ data }) => {
  if (data === 'end') {
    engine?.terminate();
    engine = undefined;
  } else if (data.script) {
    engine?.terminate();
    engine = new Worker(URL.createObjectURL(new Blob([data.script], { type: 'text/javascript' })));
    engine.onmessage = (event) => postMessage(event.data);
    engine.onerror = (event) => postMessage({ broken: event.message || 'the worker does not start' });
  } else engine?.postMessage(data);
};
postMessage('up');`;

/**
 * Starts the supervisor, and then narrows the page's policy.
 *
 * @throws {Error} when the browser starts no worker, or has no WebAssembly
 */
export async function startSupervisor(): Promise<Worker> {
  if (typeof WebAssembly !== 'object') throw new Error('this browser has no WebAssembly');
  const worker = new Worker(URL.createObjectURL(new Blob([SUPERVISOR], { type: 'text/javascript' })));
  try {
    await new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = () => reject(new Error('this browser starts no worker from a page'));
      setTimeout(() => reject(new Error('its worker does not answer')), 20_000);
    });
    return worker;
  } finally {
    narrowPolicy();
  }
}

/** From here on the page evaluates no text. A policy can only be narrowed, so nothing takes this back. */
function narrowPolicy(): void {
  const given = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')!;
  const narrow = document.createElement('meta');
  narrow.httpEquiv = 'Content-Security-Policy';
  narrow.content = given.content.replace(" 'unsafe-eval'", '');
  document.head.append(narrow);
}
