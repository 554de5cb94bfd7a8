import type { Outlet } from '../jupyter/sockets';
import { type Content, encode, type Header, type Message, newHeader } from '../jupyter/wire';

/** Sends the kernel's messages, signed, with the session and the parent of each. */
export class Outbox {
  private readonly session = newHeader('', '').msg_id;

  constructor(
    private readonly iopub: Outlet,
    private readonly key: string,
  ) {}

  status(state: 'busy' | 'idle', parent: Message) {
    this.publish('status', { execution_state: state }, parent);
  }

  publish(
    type: string,
    content: Content,
    parent: Pick<Message, 'header'> | undefined,
    metadata: Content = {},
    buffers: Uint8Array[] = [],
  ) {
    const message = {
      identities: [Buffer.from(type)],
      header: newHeader(type, this.session),
      parent: parent?.header ?? {},
      metadata,
      content,
      buffers: buffers.map((buffer) => Buffer.from(buffer)),
    };
    this.transmit(this.iopub, message);
  }

  /** A message that JSON cannot hold is dropped and logged to stderr; it must not end the kernel. */
  private transmit(socket: Outlet, message: Message) {
    let frames: Buffer[];
    try {
      frames = encode(message, this.key);
    } catch (error) {
      console.error(`Cannot send ${message.header.msg_type}: ${(error as Error).message}. It is dropped.`);
      return;
    }
    void socket.send(frames);
  }

  reply(socket: Outlet, request: Message, content: Content) {
    this.send(socket, request.header.msg_type.replace(/_request$/, '_reply'), content, request);
  }

  /** @returns the header of what was sent */
  send(
    socket: Outlet,
    type: string,
    content: Content,
    { identities, header: parent }: Pick<Message, 'header' | 'identities'>,
  ): Header {
    const header = newHeader(type, this.session);
    this.transmit(socket, { identities, header, parent, metadata: {}, content, buffers: [] });
    return header;
  }
}
