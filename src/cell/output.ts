import { valueName } from '../checks/value-name';
import type { Content, MimeBundle } from '../jupyter/wire';
import { convlensKernel } from './front-end';
import { type OpenModel, openModel } from './widget-model';

/** A place in the notebook, as `output` makes it; as a cell's last value it shows itself. */
export interface Output {
  /** Runs a function and replaces the contents by what it shows. */
  draw(run: () => unknown): Promise<void>;
}

/** What a cell showed, as an output widget holds it. */
export function asOutput(bundle: MimeBundle): Content {
  return { output_type: 'display_data', ...bundle };
}

/** A widget that shows outputs. @param fallback what a front end without ipywidgets shows in its place */
export function openOutput(fallback: string, outputs: Content[] = []): OpenModel {
  const state = { outputs, msg_id: '' };
  const model = { name: 'OutputModel', state, module: '@jupyter-widgets/output', version: '1.0.0' };
  return openModel(model, fallback);
}

/**
 * A place in the notebook that can be filled again and again.
 *
 * @returns the place; as a cell's last value it shows itself
 * @example
 * const place = output();
 * place
 * @example
 * await place.draw(() => matshow(activations[0], { channel: 3 })); // in any later cell
 */
export function output(): Output {
  let opened: OpenModel | undefined;
  let outputs: Content[] = [];
  const fallback = 'This place is filled where ipywidgets is installed (pip install ipywidgets).';
  const place = {
    async draw(run: () => unknown) {
      if (typeof run !== 'function') {
        throw new TypeError(
          `Cannot draw: this is ${valueName(run)}. Give a function, such as () => matshow(activations[0]).`,
        );
      }
      const kernel = convlensKernel();
      if (!kernel) return void (await run());
      outputs = [];
      await kernel.capture(run, (bundle) => outputs.push(asOutput(bundle)));
      opened?.send({ outputs });
    },
  };
  Object.defineProperty(place, Symbol.for('Jupyter.display'), {
    value() {
      opened ??= openOutput(fallback, outputs);
      return opened.bundle.data;
    },
  });
  return place;
}
