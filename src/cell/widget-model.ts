import type { Content, MimeBundle } from '../jupyter/wire';
import { convlensKernel } from './front-end';

// The ipywidgets protocol this speaks, and the versions of its model packages (ipywidgets 8).
const PROTOCOL = { version: '2.1.0' };
const BASE = { module: '@jupyter-widgets/base', version: '2.0.0' };
const CONTROLS = { module: '@jupyter-widgets/controls', version: '2.0.0' };

export interface Model {
  /** Such as `IntSliderModel`; the view has the same name with View. */
  name: string;
  state: Content;
  /** The model of the control's style, when it has one. */
  style?: string;
  /** Sizes of its layout, such as `{ width: '40px' }`. */
  layout?: Content;
  module?: string;
  version?: string;
}

/** A model that is open in the front end. */
export interface OpenModel {
  /** Shows the widget; where there are no comms, its fallback. */
  bundle: MimeBundle;
  /** By which another model names this one as its child. */
  reference: string;
  /** Changes the state from here. */
  send(state: Content): void;
}

/**
 * Opens a widget's model, its layout and its style in the front end.
 *
 * @param fallback what a front end without ipywidgets shows in its place
 * @param onState gets the part of the state that the reader changed
 * @param onClick is called when the reader clicks a button
 */
export function openModel(
  { name, state, style, layout = {}, module = CONTROLS.module, version = CONTROLS.version }: Model,
  fallback: string,
  onState: (state: Content) => void = () => {},
  onClick: () => void = () => {},
): OpenModel {
  const kernel = convlensKernel();
  const plain = { data: { 'text/plain': fallback }, metadata: {} };
  if (!kernel) return { bundle: plain, reference: '', send() {} };
  const open = (given: Content, onMessage: (data: Content) => void = () => {}) =>
    kernel.openComm('jupyter.widget', { state: given, buffer_paths: [] }, PROTOCOL, onMessage);
  const part = (model: string, view: string, from: typeof BASE, more: Content = {}) => {
    const { id } = open({
      ...more,
      _model_module: from.module,
      _model_module_version: from.version,
      _model_name: model,
      _view_module: BASE.module,
      _view_module_version: BASE.version,
      _view_name: view,
    });
    return referenceTo(id);
  };
  const references: Content = { layout: part('LayoutModel', 'LayoutView', BASE, layout) };
  if (style) references['style'] = part(style, 'StyleView', CONTROLS);
  const comm = open(
    {
      _model_module: module,
      _model_module_version: version,
      _model_name: name,
      _view_module: module,
      _view_module_version: version,
      _view_name: name.replace(/Model$/, 'View'),
      ...references,
      ...state,
    },
    (data) => {
      if (data['method'] === 'update') onState((data['state'] ?? {}) as Content);
      if (data['method'] === 'custom' && (data['content'] as Content | undefined)?.['event'] === 'click')
        onClick();
    },
  );
  const view = { version_major: 2, version_minor: 0, model_id: comm.id };
  return {
    bundle: {
      data: { 'application/vnd.jupyter.widget-view+json': view, 'text/plain': fallback },
      metadata: {},
    },
    reference: referenceTo(comm.id),
    send: (changed) => comm.send({ method: 'update', state: changed, buffer_paths: [] }),
  };
}

function referenceTo(id: string): string {
  return `IPY_MODEL_${id}`;
}
