import { kindOf } from '../../checks/kind-of';
import { nearest } from '../../checks/nearest';
import type { LayerChoice, Model } from '../model';
import type { Step } from './plan';

/**
 * The steps whose outputs are requested.
 *
 * @param what the call that fails, as an error says it
 * @throws {TypeError} when a choice is not a layer, a name, an index or a pattern
 * @throws {RangeError} when a choice names no layer, or nothing is left
 */
export function chooseLayers(
  model: Model,
  steps: Step[],
  layers?: LayerChoice | readonly LayerChoice[],
  types?: string | readonly string[],
  what = 'predict',
): Step[] {
  const wanted = types === undefined ? undefined : ([types].flat() as string[]);
  for (const type of wanted ?? []) checkType(what, steps, type);
  const isWanted = ({ layer }: Step) => !wanted || wanted.includes(layer.getClassName());
  if (layers !== undefined) {
    const choices = (Array.isArray(layers) ? layers : [layers]) as LayerChoice[];
    const found = choices.flatMap((layer) => find(what, model, steps, layer));
    const left = found.filter(isWanted);
    if (left.length || !found.length) return left;
    throw new RangeError(
      `Cannot ${what}: none of these layers is of class ${wanted!.join(' or ')}. Leave out layers or types.`,
    );
  }
  if (wanted) return steps.filter(isWanted);
  const maps = steps.filter(isMap);
  if (maps.length) return maps;
  const last = steps.findLast(isLayer)?.name ?? '';
  throw new RangeError(
    `Cannot ${what}: no layer of this model has a map or a sequence as its output. Ask for layers by name, such as { layers: '${last}' }.`,
  );
}

const isLayer = ({ layer }: Step) => layer.getClassName() !== 'InputLayer';

/** Whether the output has spatial or time axes. The inner batch of a TimeDistributed is not shown. */
function isMap(step: Step): boolean {
  const inner = 'layers' in step.layer || /^(StepsToBatch|BatchToSteps)$/.test(step.layer.getClassName());
  return step.shape.length >= 3 && isLayer(step) && !inner;
}

function checkType(what: string, steps: Step[], type: string): void {
  if (typeof type !== 'string') {
    throw new TypeError(
      `Cannot ${what}: a type is ${kindOf(type)}. Give the name of a class, such as 'Conv2D'.`,
    );
  }
  const known = [...new Set(steps.map(({ layer }) => layer.getClassName()))];
  if (known.includes(type)) return;
  throw new RangeError(
    `Cannot ${what}: the model has no layer of class ${JSON.stringify(type)}.${nearest(type, known)} Its classes: ${known.join(', ')}.`,
  );
}

const isPattern = (value: unknown): value is RegExp =>
  Object.prototype.toString.call(value) === '[object RegExp]';

function find(what: string, model: Model, steps: Step[], wanted: LayerChoice): Step[] {
  if (typeof wanted === 'number') {
    const layer = Number.isInteger(wanted) ? model.layers.at(wanted) : undefined;
    if (layer) return find(what, model, steps, layer);
    throw new RangeError(
      `Cannot ${what}: there is no layer ${wanted}. The model has layers 0 to ${model.layers.length - 1}.`,
    );
  }
  if (isPattern(wanted)) {
    const pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ''));
    const found = steps.filter((step) => isLayer(step) && pattern.test(step.name));
    if (found.length) return found;
    throw new RangeError(
      `Cannot ${what}: no layer's name matches ${wanted}. Use a pattern of names that summary(model) lists.`,
    );
  }
  if (typeof wanted !== 'string' && (typeof wanted !== 'object' || typeof wanted?.name !== 'string')) {
    throw new TypeError(
      `Cannot ${what}: a layer is ${kindOf(wanted)}. Give a layer, its name, its index or a RegExp of names.`,
    );
  }
  const found = steps.filter((step) =>
    typeof wanted === 'string' ? step.name === wanted : (step.layer as unknown) === wanted,
  );
  if (found.length) return found;
  const name = typeof wanted === 'string' ? wanted : wanted.name;
  const names = steps.map((step) => step.name);
  if (typeof wanted !== 'string' && names.includes(name)) {
    throw new RangeError(
      `Cannot ${what}: the layer "${name}" belongs to another model. Give a layer of this one, or its name.`,
    );
  }
  throw new RangeError(
    `Cannot ${what}: the model has no layer "${name}".${nearest(name, names)} Use a name that summary(model) lists.`,
  );
}
