import { randomBytes } from 'node:crypto';
import type { Comm } from '../../cell/front-end';
import type { Content } from '../../jupyter/wire';
import { plainObject } from './plain-bundle';
import type { Published } from './protocol';

/** The comms that are open between this engine and the front end. */
export class Comms {
  private readonly open = new Map<string, { target: string; onMessage: (data: Content) => unknown }>();

  constructor(private readonly publish: (published: Published) => void) {}

  create(target: string, data: Content, metadata: Content, onMessage: (data: Content) => unknown): Comm {
    const id = randomBytes(16).toString('hex');
    const content = { comm_id: id, target_name: String(target), data: plainObject(data, 'comm data') };
    this.publish({ type: 'comm_open', content, metadata: plainObject(metadata, 'comm metadata') });
    this.open.set(id, { target, onMessage });
    return {
      id,
      send: (data) =>
        this.publish({ type: 'comm_msg', content: { comm_id: id, data: plainObject(data, 'comm data') } }),
      close: () => {
        if (this.open.delete(id)) this.publish({ type: 'comm_close', content: { comm_id: id, data: {} } });
      },
    };
  }

  info(target?: string): Content {
    const comms = [...this.open].filter(([, comm]) => target === undefined || comm.target === target);
    return {
      status: 'ok',
      comms: Object.fromEntries(comms.map(([id, comm]) => [id, { target_name: comm.target }])),
    };
  }

  /** A message of the front end. A comm it opens has no target here, so it is closed, as the protocol wants. */
  async receive(type: string, content: Content): Promise<void> {
    const id = String(content['comm_id']);
    if (type === 'comm_open') {
      this.publish({ type: 'comm_close', content: { comm_id: id, data: {} } });
    } else if (type === 'comm_close') {
      this.open.delete(id);
    } else {
      await this.open.get(id)?.onMessage((content['data'] ?? {}) as Content);
    }
  }
}
