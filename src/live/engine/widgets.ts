import type { Comm, Kernel } from '../../cell/front-end';
import type { Content } from '../../jupyter/wire';
import type { CellOutput } from '../notebook-messages';

/** Widgets of a page: the messages of ipywidgets, which the page itself draws. */
export interface Widgets {
  open: Kernel['openComm'];
  /** The reader has moved a control. */
  changed(id: string, state: Content): void;
}

/** @param show brings an output to the page */
export function widgets(show: (output: CellOutput) => void): Widgets {
  const listeners = new Map<string, (data: Content) => void>();
  return {
    open(_target, data, _metadata, onMessage): Comm {
      const id = `w${listeners.size}`;
      listeners.set(id, onMessage);
      show({ kind: 'widget', id, state: (data['state'] ?? {}) as Content });
      return {
        id,
        send: (changed) => show({ kind: 'widget', id, state: (changed['state'] ?? {}) as Content }),
        close: () => void listeners.delete(id),
      };
    },
    changed(id, state) {
      listeners.get(id)?.({ method: 'update', state });
    },
  };
}
