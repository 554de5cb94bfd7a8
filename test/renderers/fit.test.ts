import '../../renderers/node';
import * as assert from 'uvu/assert';
import { compile } from 'vega-lite';
import type { Spec } from '../../renderers/spec';
import { suite } from '../suite';
import { FIGURES } from './figure-cases';

/** Outputs in CSS pixels: a phone's, JupyterLab's beside its sidebar and without it, and one for every width of a figure. */
const OUTPUTS = [326, 480, 560, 700, 1000];

/** What Vega's view has besides its types. */
interface Sized {
  _viewWidth: number;
}

/** A spec whose output has the width that a test says. */
function inOutputs(spec: Spec): Spec {
  const params = spec['params'] as { name: string }[];
  const value = [OUTPUTS[0], 1200];
  return {
    ...spec,
    params: params.map((param) => (param.name === 'output' ? { name: 'output', value } : param)),
  };
}

suite('figures in outputs of all widths', {
  'none is wider than its output, and where there is room none is smaller than a phone': async () => {
    const { parse, View } = await import('vega');
    const wide: string[] = [];
    for (const [name, make] of Object.entries(FIGURES)) {
      const view = new View(parse(compile(inOutputs(make().spec) as never).spec), { renderer: 'none' });
      for (const output of OUTPUTS) {
        await view.signal('output', [output, 1200]).runAsync();
        const { _viewWidth: width } = view as unknown as Sized;
        // Half a line's width on both sides.
        if (width + 24 > output + 2) wide.push(`${name}: ${width + 24} in ${output}`);
        if (width + 24 < 320) wide.push(`${name}: only ${width + 24} in ${output}`);
      }
    }
    assert.equal(wide, []);
  },
});
