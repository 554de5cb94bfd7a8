import type { Spec } from './spec';

interface Parts {
  params: readonly { name: string; bind?: object }[];
  title: { subtitle: readonly string[] | { expr: string } };
}

/**
 * The spec of a figure's PNG: below its caption a line says which controls a reader has elsewhere. Only figures with
 * controls that are seen get it; what the pointer does is no loss that a reader of a picture would look for.
 */
export function still(spec: Spec): Spec {
  const { params, title } = spec as unknown as Parts;
  const inputs = params.flatMap(({ name, bind }) => (bind ? [name] : []));
  if (inputs.length === 0) return spec;
  const line = `Interactive in Jupyter, VS Code and HTML pages: change ${inputs.join(', ')}.`;
  const { subtitle } = title;
  const more =
    'expr' in subtitle
      ? { expr: `[${subtitle.expr.slice(1, -1)}, ${JSON.stringify(line)}]` }
      : [...subtitle, line];
  return { ...spec, title: { ...title, subtitle: more } };
}
