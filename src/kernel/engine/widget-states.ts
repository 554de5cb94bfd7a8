import { isObject } from '../../checks/is-object';
import type { Content } from '../../jupyter/wire';

/** The state of one widget's model, for pages that are reloaded. */
export interface Widget {
  readonly state: Content;
  /** Applies an update of either side. */
  follow(data: Content): void;
}

/** @returns the widget of a comm; undefined for other targets */
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

/** The content of `update_states`: each model's full state by id, with the names needed to recreate it. */
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
