import type { Spec } from './spec';

interface Parts {
  params: readonly { name: string; bind?: object; value?: unknown }[];
  title: { subtitle: { expr: string } };
}

/**
 * The spec of a figure's PNG: below its caption a line says which controls a reader has elsewhere. Only figures with
 * controls that are seen get it; what the pointer does is no loss that a reader of a picture would look for.
 */
export function still(spec: Spec): Spec {
  const { params, title } = spec as unknown as Parts;
  const inputs = params.flatMap(({ name, bind }) => (bind && name !== 'filler' ? [name] : []));
  if (inputs.length === 0) return spec;
  const line = `Interactive in Jupyter, VS Code and HTML pages: change ${inputs.join(', ')}.`;
  const captions = params.find(({ name }) => name === 'captions');
  if (captions) {
    const [wide] = captions.value as [string[]];
    const more = { ...captions, value: [[...wide, line]] };
    return { ...spec, params: params.map((param) => (param === captions ? more : param)) };
  }
  const expr = `split(join(${title.subtitle.expr}, '\\n') + ${JSON.stringify(`\n${line}`)}, '\\n')`;
  return { ...spec, title: { ...title, subtitle: { expr } } };
}
