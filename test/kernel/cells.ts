import { findKernel } from '../../src/jupyter/kernelspec';
import type { Content, Message } from '../../src/jupyter/wire';
import { KernelClient } from '../../src/notebook/client';
import { until } from '../until';

/** What came of a cell; `messages` grows with what its timers print later. */
export interface Ran {
  reply: Content;
  messages: Message[];
  of(type: string): Content[];
  text(name?: string): string;
}

/**
 * Runs a test with a kernel of its own.
 *
 * @param options.preload whether the engine loads what cells that import convlens need, as it does for users. Default
 *   false: a kernel of a test then takes half of the time.
 */
export async function inKernel<T>(
  name: string,
  test: (kernel: KernelClient) => Promise<T>,
  { preload = false } = {},
): Promise<T> {
  const env = { ...process.env, ...(!preload && { CONVLENS_PRELOAD: '0' }) };
  const kernel = await KernelClient.start(findKernel(name), { cwd: process.cwd(), env });
  try {
    return await test(kernel);
  } finally {
    await kernel.shutdown();
  }
}

/**
 * Runs a cell; the promise resolves when the kernel has answered.
 *
 * @param onMessage gets each message as it comes
 */
export async function start(
  kernel: KernelClient,
  code: string,
  options: Content = {},
  onMessage: (message: Message) => void = () => {},
): Promise<Ran> {
  const messages: Message[] = [];
  const of = (type: string) => messages.filter((m) => m.header.msg_type === type).map((m) => m.content);
  const text = (name = 'stdout') =>
    of('stream')
      .filter((content) => content['name'] === name)
      .map((content) => content['text'])
      .join('');
  const { reply } = await kernel.execute(code, {
    ...options,
    onMessage(message) {
      messages.push(message);
      onMessage(message);
    },
  });
  return { reply, messages, of, text };
}

/** Starts a cell and waits until it runs. @returns its end */
export async function begin(kernel: KernelClient, code: string): Promise<{ ended: Promise<Ran> }> {
  let runs = false;
  const ended = start(kernel, `console.log('begun'); ${code}`, {}, ({ header }) => {
    runs ||= header.msg_type === 'stream';
  });
  // An end before it runs is the test's to judge.
  ended.then(
    () => (runs = true),
    () => (runs = true),
  );
  await until(() => runs);
  return { ended };
}
