import { isObject } from '../../is-object';
import type { Content } from '../../jupyter/wire';

/** The state of one widget's model as both sides know it: a page that is loaded anew gets it from here. */
export interface Widget {
  readonly state: Content;
  /** Takes over what an update changes, whoever sent it. */
  follow(data: Content): void;
}

/** @returns the widget that a comm is of; nothing for a comm of another target */
export function widgetOf(target: string, data: Content): Widget | undefined {
  if (target !== 'jupyter.widget') return undefined;
  const state: Content = { ...(isObject(data['state']) ? data['state'] : {}) };
  return {
    state,
    follow({ method, state: changed }) {
      if (method === 'update' && isObject(changed)) Object.assign(state, changed);
    },
  };
}

/** What `update_states` carries: each model's full state under its id, with the names by which it is made again. */
export function statesOf(widgets: [id: string, widget: Widget | undefined][]): Content {
  const states: Content = {};
  for (const [id, widget] of widgets) {
    if (!widget) continue;
    const { state } = widget;
    states[id] = {
      model_name: state['_model_name'],
      model_module: state['_model_module'],
      model_module_version: state['_model_module_version'],
      state,
    };
  }
  return states;
}
