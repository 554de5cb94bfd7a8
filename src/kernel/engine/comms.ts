import type { Comm } from '../../cell/front-end';
import { isObject } from '../../checks/is-object';
import type { Content } from '../../jupyter/wire';
import type { Published } from './engine-messages';
import { plainObject } from './plain-bundle';
import { statesOf, type Widget, widgetOf } from './widget-states';

/** The comm by which a reloaded page requests all widgets at once, as in ipywidgets 8. */
const CONTROL = 'jupyter.widget.control';

interface Open {
  target: string;
  onMessage(data: Content): unknown;
  /** The cell of the notebook that opened it. */
  owner?: string;
  /** The state of the front end's widgets, for pages that ask for it later. */
  widget?: Widget;
}

/** The open comms between this engine and the front end. */
export class Comms {
  private readonly open = new Map<string, Open>();

  /** @param owner the cell of the notebook whose code runs, if the front end names it */
  constructor(
    private readonly publish: (published: Published) => void,
    private readonly owner: () => string | undefined,
  ) {}

  create(target: string, data: Content, metadata: Content, onMessage: (data: Content) => unknown): Comm {
    const id = crypto.randomUUID().replaceAll('-', '');
    const opened = plainObject(data, 'comm data');
    const content = { comm_id: id, target_name: String(target), data: opened };
    this.publish({ type: 'comm_open', content, metadata: plainObject(metadata, 'comm metadata') });
    const comm: Open = { target, onMessage, owner: this.owner(), widget: widgetOf(target, opened) };
    this.open.set(id, comm);
    return {
      id,
      send: (data) => {
        const sent = plainObject(data, 'comm data');
        comm.widget?.follow(sent);
        this.send(id, sent);
      },
      close: () => this.close(id),
    };
  }

  /** Closes what earlier runs of these cells have opened: nobody can use it any more. */
  closeOf(cells: string[]): void {
    for (const [id, { owner }] of this.open) if (owner !== undefined && cells.includes(owner)) this.close(id);
  }

  info(target?: string): Content {
    const comms = [...this.open].filter(([, comm]) => target === undefined || comm.target === target);
    return {
      status: 'ok',
      comms: Object.fromEntries(comms.map(([id, comm]) => [id, { target_name: comm.target }])),
    };
  }

  /** Handles a message of the front end. A comm with an unknown target is closed, as the protocol requires. */
  async receive(type: string, content: Content): Promise<void> {
    const id = String(content['comm_id']);
    const data = isObject(content['data']) ? content['data'] : {};
    if (type === 'comm_open') {
      if (content['target_name'] === CONTROL) this.openControl(id);
      else this.publish({ type: 'comm_close', content: { comm_id: id, data: {} } });
    } else if (type === 'comm_close') {
      this.open.delete(id);
    } else {
      const comm = this.open.get(id);
      if (data['method'] === 'request_state' && comm?.widget) {
        this.send(id, { method: 'update', state: comm.widget.state, buffer_paths: [] });
      }
      comm?.widget?.follow(data);
      await comm?.onMessage(data);
    }
  }

  private close(id: string) {
    if (this.open.delete(id)) this.publish({ type: 'comm_close', content: { comm_id: id, data: {} } });
  }

  private openControl(id: string) {
    const onMessage = (data: Content) => {
      if (data['method'] !== 'request_states') return;
      const states = statesOf([...this.open].map(([model, { widget }]) => [model, widget]));
      this.send(id, { method: 'update_states', states, buffer_paths: [] });
    };
    this.open.set(id, { target: CONTROL, onMessage });
  }

  private send(id: string, data: Content) {
    this.publish({ type: 'comm_msg', content: { comm_id: id, data } });
  }
}
