/**
 * The script of the frame that starts the workers of a notebook's page. Cells are run by eval, which the page must not
 * have, and a worker has the policy of the document that starts it. So the page makes this frame under the wider policy,
 * and then narrows its own: the frame keeps the wider one, and can start a fresh worker after each Stop. It is sandboxed,
 * so it is of no origin and cannot reach the page, nor the page it. No text of a cell comes here: a worker gets a port,
 * by which it and the page talk to each other. What it posts itself is not heard.
 */
const WORKER = `
onmessage = ({ data: port }) => {
  onmessage = null;
  globalThis.postMessage = (message, transfer) => port.postMessage(message, transfer);
  port.onmessage = ({ data }) => {
    port.onmessage = (event) => onmessage(event);
    try {
      (0, eval)(data);
    } catch (error) {
      port.postMessage({ broken: String(error) });
    }
  };
  port.postMessage('up');
};`;

let worker: Worker | undefined;

addEventListener('message', ({ source, ports: [calls, errors] }) => {
  if (source !== parent) return;
  worker?.terminate();
  const fail = (why: unknown) => errors!.postMessage(String(why ?? ''));
  try {
    worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' })));
    worker.onerror = ({ message }) => fail(message);
    worker.postMessage(calls, [calls!]);
  } catch (error) {
    fail(error);
  }
});
parent.postMessage('up', '*');
