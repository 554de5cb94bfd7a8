import { checkKinds } from '../checks/check-kinds';
import { isObject } from '../checks/is-object';
import { valueName } from '../checks/value-name';
import type { LayerChoice, Model } from '../keras/model';
import { checkModel } from '../keras/run/check-inputs';
import { type FlatNode, flatPlanOf, nodesFor } from '../keras/run/flat-plan';
import { type Activation, activationList } from '../maps/activation';
import type { MapField } from '../maps/map-field';
import { chosenLayer } from './layer-choice';
import { type Geometry, geometryOf, type Span, WHOLE } from './layer-geometry';

/** The part of a picture that one position of a map depends on, in pixels. */
export interface ReceptiveField {
  /** First row, and the row after the last. */
  readonly rows: readonly [from: number, to: number];
  /** First column, and the column after the last. */
  readonly columns: readonly [from: number, to: number];
  /** Its height and width without the picture's edges: at an edge a part of it lies outside. */
  readonly size: readonly [height: number, width: number];
}

/** Options of `receptiveField`. */
export interface ReceptiveFieldOptions {
  /** Height and width of the picture; needed for a model that takes pictures of any size. */
  size?: readonly [height: number, width: number];
}

/**
 * The square of the picture that a position of a layer's map sees: pixels outside of it cannot change its values. After
 * a layer that mixes all positions (global pooling, Dense on a flattened map, attention) it is the whole picture; so it
 * is behind the squeeze-and-excitation blocks of EfficientNet and MobileNetV3.
 *
 * @param model as `loadModel` returns it
 * @param layer a layer with a map, `outer/inner` inside a nested model
 * @param row of the map, 0 first
 * @param column of the map, 0 first
 * @param options the picture's size, where the model leaves it open
 * @returns rows and columns of the picture, exactly
 * @throws {TypeError} when it is not a model
 * @throws {RangeError} when there is no such layer or position, or the picture's size is not known
 * @example
 * const { rows, columns } = receptiveField(model, 'conv2d_3', 10, 12);
 * console.log(rows, columns);
 */
export function receptiveField(
  model: Model,
  layer: LayerChoice,
  row: number,
  column: number,
  options: ReceptiveFieldOptions = {},
): ReceptiveField {
  const { name, shape, height, width, span } = spansOf(model, layer, options);
  for (const [axis, at, size] of [
    ['row', row, shape[1]],
    ['column', column, shape[2]],
  ] as const) {
    if (Number.isInteger(at) && at >= 0 && at < size!) continue;
    throw new RangeError(
      `Cannot ${WHAT}: there is no ${axis} ${typeof at === 'number' ? at : `that is ${valueName(at)}`}: the map of layer "${name}" has ${shape[1]} rows and ${shape[2]} columns.`,
    );
  }
  return {
    rows: clipped(span(1, row, true), height),
    columns: clipped(span(2, column, true), width),
    size: [lengthOf(span(1, row, false), height), lengthOf(span(2, column, false), width)],
  };
}

const WHAT = 'find the receptive field';

/** A layer's map, the picture's size, and the span of the picture that a position depends on, along one axis. */
function spansOf(model: Model, layer: LayerChoice, options: ReceptiveFieldOptions) {
  checkModel(WHAT, model);
  checkKinds(WHAT, options, { size: 'size' });
  const plan = flatPlanOf(model as never);
  const { name, tensor } = chosenLayer({ model, plan }, layer, WHAT);
  const nodes = nodesFor(plan, [tensor]);
  const shapes = shapesOf(model, plan.inputs, nodes, options.size);
  const shape = shapes.get(tensor)!;
  if (shape.length !== 4) {
    throw new RangeError(
      `Cannot ${WHAT}: the output of layer "${name}" has shape [${shape.map((size) => size ?? 'any').join(', ')}], which is no map. Choose a layer with a map.`,
    );
  }
  const input = plan.inputs.find((id) => shapes.get(id)?.length === 4);
  if (input === undefined) throw new RangeError(`Cannot ${WHAT}: the model takes no picture.`);
  const [, height, width] = shapes.get(input)! as [number, number, number];
  const span = (axis: 1 | 2, at: number, clips: boolean) =>
    back(nodes, shapes, tensor, input, axis, [at, at + 1], clips) ?? WHOLE;
  return { name, shape, height, width, span };
}

/**
 * Where the positions of layers look, for `explore` and `matshow`: they frame what the position under the pointer sees.
 *
 * @param model as `loadModel` returns it
 * @param activations what `predict` returns of that model, or one of it
 * @param options the picture's size, where the model leaves it open
 * @returns for each layer with a map whose fields are evenly apart; layers that see the whole picture are left out
 * @throws {TypeError} when it is not a model
 * @throws {RangeError} when an activation is not of this model, or the picture's size is not known
 * @example
 * explore(activations, { picture: img, fields: receptiveFields(model, activations) });
 */
export function receptiveFields(
  model: Model,
  activations: Activation | readonly Activation[],
  options: ReceptiveFieldOptions = {},
): Record<string, MapField> {
  const fields = new Map<string, MapField>();
  for (const { layer, shape } of activationList(WHAT, activations)) {
    if (shape.length !== 4 || fields.has(layer)) continue;
    const { span, height, width } = spansOf(model, layer, options);
    const along = (axis: 1 | 2, pixels: number) => {
      const ends = [0, 1, shape[axis]! - 1].map((at) => span(axis, Math.min(at, shape[axis]! - 1), false));
      const [[start, end], [next], [last]] = ends as [Span, Span, Span];
      const step = next - start;
      const isEven = Number.isFinite(end - start) && last === start + step * (shape[axis]! - 1);
      return isEven && end - start < 2 * pixels ? { start, step, size: end - start } : undefined;
    };
    const [rows, columns] = [along(1, height), along(2, width)];
    if (rows && columns) fields.set(layer, { rows, columns });
  }
  return Object.fromEntries(fields);
}

/** The rows of the picture that each row of a layer's map sees, and the columns that each column does. */
export interface Fields {
  readonly rows: readonly (readonly [from: number, to: number])[];
  readonly columns: readonly (readonly [from: number, to: number])[];
}

/** All receptive fields of a layer at once; those of `receptiveField`. @throws {RangeError} as `receptiveField` does */
export function allFields(model: Model, layer: LayerChoice, options: ReceptiveFieldOptions): Fields {
  const { shape, height, width, span } = spansOf(model, layer, options);
  const along = (axis: 1 | 2, pixels: number) =>
    Array.from({ length: shape[axis]! }, (_, at) => clipped(span(axis, at, true), pixels));
  return { rows: along(1, height), columns: along(2, width) };
}

type Shapes = ReadonlyMap<number, readonly (number | null)[]>;

/** Every tensor's shape, by the layers' own rules. */
function shapesOf(
  model: Model,
  inputs: readonly number[],
  nodes: readonly FlatNode[],
  size: readonly number[] | undefined,
): Shapes {
  const shapes = new Map<number, (number | null)[]>();
  for (const [i, id] of inputs.entries()) {
    const { shape } = model.inputs[i]!;
    const known = shape.map((length, axis) =>
      shape.length === 4 && axis > 0 && axis < 3 ? (length ?? size?.[axis - 1] ?? null) : length,
    );
    if (shape.length === 4 && known.slice(1, 3).includes(null)) {
      throw new RangeError(
        'Cannot find the receptive field: the model takes pictures of any size. Give it with { size: [height, width] }.',
      );
    }
    shapes.set(id, known);
  }
  for (const { layer, takes, makes } of nodes) {
    const given = takes.map((id) => shapes.get(id)!);
    const made = layer.computeOutputShape((given.length === 1 ? given[0] : given) as never) as (
      | number
      | null
    )[];
    const list = (Array.isArray(made[0]) ? made : [made]) as (number | null)[][];
    for (const [i, id] of makes.entries()) shapes.set(id, list[i] ?? list[0]!);
  }
  return shapes;
}

/**
 * Follows a span of one axis from a layer's output back to the input.
 *
 * @param clips whether positions in the padding are left out at each layer: they depend on nothing
 */
function back(
  nodes: readonly FlatNode[],
  shapes: Shapes,
  from: number,
  to: number,
  axis: 1 | 2,
  span: Span,
  clips: boolean,
): Span | undefined {
  const spans = new Map<number, Span>([[from, span]]);
  for (const node of nodes.toReversed()) {
    const made = node.makes.map((id) => spans.get(id)).filter((one) => one !== undefined);
    if (!made.length) continue;
    const whole = made.reduce(union);
    for (const id of node.takes) {
      const geometry: Geometry = {
        className: node.layer.getClassName(),
        config: configOf(node),
        axis,
        input: shapes.get(id)!,
        output: shapes.get(node.makes[0]!)!,
      };
      const all = geometryOf(geometry, whole);
      const found = clips ? clipped(all, geometry.input[axis] ?? 1) : all;
      const before = spans.get(id);
      spans.set(id, before ? union(before, found) : found);
    }
  }
  return spans.get(to);
}

/** Copying a configuration takes longer than all else here. */
const configs = new WeakMap<FlatNode, Geometry['config']>();

function configOf(node: FlatNode): Geometry['config'] {
  let config = configs.get(node);
  if (!config) {
    const given: unknown = node.layer.getConfig();
    config = isObject(given) ? (given as Geometry['config']) : {};
    configs.set(node, config);
  }
  return config;
}

const union = ([a, b]: Span, [c, d]: Span): Span => [Math.min(a, c), Math.max(b, d)];

function clipped([from, to]: Span, size: number): [number, number] {
  return [Math.max(0, from), Math.min(size, to)];
}

function lengthOf([from, to]: Span, size: number): number {
  return Number.isFinite(to - from) ? to - from : size;
}
