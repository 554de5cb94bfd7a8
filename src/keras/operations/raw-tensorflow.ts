import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json, LayerSpec } from '../file/graph';
import { refsIn } from '../file/graph';

/**
 * Operations of TensorFlow in the TensorFlowOpLayer layers that TensorFlow 2.0 to 2.3 writes: Keras 3's name of each,
 * and Keras's names of its inputs in order (a star: a list of all) and, after a bar, of its attributes
 * (`transpose_a=adj_x`: ours, theirs).
 */
const OPERATIONS: [names: string, operations: Record<string, string>][] = [
  [
    'x1 x2',
    {
      Add: 'Add',
      AddV2: 'Add',
      BiasAdd: 'Add',
      Sub: 'Subtract',
      Mul: 'Multiply',
      RealDiv: 'Divide',
      Div: 'Divide',
      FloorDiv: 'FloorDivide',
      FloorMod: 'Mod',
      Pow: 'Power',
      Maximum: 'Maximum',
      Minimum: 'Minimum',
      SquaredDifference: 'SquaredDifference',
      Equal: 'Equal',
      NotEqual: 'NotEqual',
      Greater: 'Greater',
      GreaterEqual: 'GreaterEqual',
      Less: 'Less',
      LessEqual: 'LessEqual',
      LogicalAnd: 'LogicalAnd',
      LogicalOr: 'LogicalOr',
    },
  ],
  ['x1 x2|transpose_a transpose_b', { MatMul: 'Matmul' }],
  ['x1 x2|transpose_a=adj_x transpose_b=adj_y', { BatchMatMul: 'Matmul', BatchMatMulV2: 'Matmul' }],
  ['condition x1 x2', { Select: 'Where', SelectV2: 'Where' }],
  ['x x_min x_max', { ClipByValue: 'Clip' }],
  ['x|dtype=DstT', { Cast: 'Cast' }],
  [
    'x',
    {
      LogicalNot: 'LogicalNot',
      Neg: 'Negative',
      Abs: 'Abs',
      Square: 'Square',
      Sqrt: 'Sqrt',
      Rsqrt: 'Rsqrt',
      Reciprocal: 'Reciprocal',
      Exp: 'Exp',
      Expm1: 'Expm1',
      Log: 'Log',
      Log1p: 'Log1p',
      Erf: 'Erf',
      Sin: 'Sin',
      Cos: 'Cos',
      Tanh: 'Tanh',
      Sigmoid: 'Sigmoid',
      Floor: 'Floor',
      Ceil: 'Ceil',
      Round: 'Round',
      Sign: 'Sign',
      Relu: 'Relu',
      Relu6: 'Relu6',
      Elu: 'Elu',
      Selu: 'Selu',
      Softplus: 'Softplus',
      Softsign: 'Softsign',
      Softmax: 'Softmax',
      LogSoftmax: 'LogSoftmax',
      Identity: 'Copy',
      ZerosLike: 'ZerosLike',
      OnesLike: 'OnesLike',
      Shape: 'Shape',
    },
  ],
  ['variable', { StopGradient: 'StopGradient' }],
  ['x|negative_slope=alpha', { LeakyRelu: 'LeakyRelu' }],
  [
    'x axis|keepdims=keep_dims',
    { Mean: 'Mean', Sum: 'Sum', Prod: 'Prod', Max: 'Max', Min: 'Min', Any: 'Any', All: 'All' },
  ],
  [
    'x axis',
    { ExpandDims: 'ExpandDims', ArgMax: 'Argmax', ArgMin: 'Argmin', ReverseV2: 'Flip', Cumsum: 'Cumsum' },
  ],
  ['x|axis=squeeze_dims', { Squeeze: 'Squeeze' }],
  ['x newshape', { Reshape: 'Reshape' }],
  ['x axes', { Transpose: 'Transpose' }],
  ['x repeats', { Tile: 'Tile' }],
  ['x pad_width constant_values', { Pad: 'Pad', PadV2: 'Pad' }],
  ['x shape', { BroadcastTo: 'BroadcastTo' }],
  ['x indices axis', { GatherV2: 'Take' }],
  ['*x|axis', { Pack: 'Stack' }],
  ['*xs', { AddN: 'AddN' }],
  ['x|block_size', { DepthToSpace: 'DepthToSpace', SpaceToDepth: 'SpaceToDepth' }],
  ['inputs|pool_size=ksize strides padding', { MaxPool: 'MaxPool', AvgPool: 'AveragePool' }],
  ['images size', { ResizeBilinear: 'Resize', ResizeNearestNeighbor: 'Resize' }],
];

interface Words {
  operation: string;
  inputs: string[];
  /** Keras's names of attributes, by TensorFlow's. */
  attributes: Map<string, string>;
}

const known = new Map<string, Words>();
for (const [names, operations] of OPERATIONS) {
  const [inputs = '', attributes = ''] = names.split('|');
  const pairs = attributes
    .split(' ')
    .filter(Boolean)
    .map((name): [string, string] => {
      const [ours = name, theirs = ours] = name.split('=');
      return [theirs, ours];
    });
  for (const [name, operation] of Object.entries(operations)) {
    known.set(name, { operation, inputs: inputs.split(' '), attributes: new Map(pairs) });
  }
}

/** The types of TensorFlow, by Keras's names. */
const TYPES: Record<string, string> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float16',
  DT_DOUBLE: 'float64',
  DT_INT32: 'int32',
  DT_INT64: 'int64',
  DT_UINT8: 'uint8',
  DT_BOOL: 'bool',
};

/** A node of TensorFlow's graph, as the file has it: an object, or its JSON. */
function nodeOf(spec: LayerSpec): Json {
  const { node_def: node } = spec.config;
  if (isObject(node)) return node;
  try {
    const parsed: unknown = JSON.parse(String(node));
    if (isObject(parsed)) return parsed;
  } catch {
    // Reported below.
  }
  throw new ModelError(
    `layer "${spec.name}" is an operation of TensorFlow that cannot be read. Save it again.`,
  );
}

/** The name of the operation, and the Keras 3 equivalent if there is one. */
export function rawOperationOf(spec: LayerSpec): string {
  const name = String(nodeOf(spec)['op']);
  return isStack(name)
    ? 'Concatenate'
    : (known.get(name)?.operation ?? (name === 'StridedSlice' ? 'GetItem' : name));
}

const isStack = (name: string) => name === 'ConcatV2';

/** A value of an attribute, from the JSON of protocol buffers. */
function attributeValue(attribute: unknown): unknown {
  if (!isObject(attribute)) return undefined;
  const { i, f, b, s, type, list } = attribute;
  if (i !== undefined) return Number(i);
  if (f !== undefined) return Number(f);
  if (b !== undefined) return b;
  if (type !== undefined) return TYPES[String(type)] ?? String(type);
  if (s !== undefined) return textOf(String(s));
  if (isObject(list) && Array.isArray(list['i'])) return list['i'].map(Number);
  return undefined;
}

/** Decodes base64: protocol buffers write strings so in JSON. */
function textOf(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  } catch {
    return text;
  }
}

/**
 * The operation's arguments by Keras's names.
 *
 * @throws {ModelError} when the file gives too few inputs
 */
export function rawArguments(spec: LayerSpec): Json {
  const node = nodeOf(spec);
  const name = String(node['op']);
  const { constants } = spec.config;
  const refs = refsIn(spec.calls[0]?.args ?? []);
  const given = isObject(constants) ? constants : {};
  const count = refs.length + Object.keys(given).length;
  const values = Array.from({ length: count }, (_, i) =>
    String(i) in given ? given[String(i)] : refs.shift(),
  );
  const attributes = isObject(node['attr']) ? node['attr'] : {};
  if (isStack(name)) return { xs: values.slice(0, -1), axis: values.at(-1) };
  if (name === 'StridedSlice') return { x: values[0], key: keyOf(spec, values, attributes) };
  const words = known.get(name);
  if (!words) return {};
  const result: Json = {};
  const list = words.inputs[0]!;
  if (list.startsWith('*')) result[list.slice(1)] = values;
  else {
    for (const [i, input] of words.inputs.entries()) if (values[i] !== undefined) result[input] = values[i];
  }
  for (const [theirs, ours] of words.attributes) {
    const value = inKerasForm(ours, attributeValue(attributes[theirs]));
    if (value !== undefined) result[ours] = value;
  }
  if (name === 'ResizeNearestNeighbor') result['interpolation'] = 'nearest';
  if (name.startsWith('Resize')) {
    // TensorFlow 2.0 to 2.3 write both, TensorFlow 1 the first only.
    result['align_corners'] = attributeValue(attributes['align_corners']) === true;
    result['half_pixel_centers'] = attributeValue(attributes['half_pixel_centers']) === true;
  }
  return result;
}

function inKerasForm(name: string, value: unknown): unknown {
  if (name === 'padding') return String(value).toLowerCase();
  if ((name === 'pool_size' || name === 'strides') && Array.isArray(value)) return value.slice(1, 3);
  return name === 'axis' && Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** A strided slice as an index of Keras; each mask has one bit per axis. */
function keyOf(spec: LayerSpec, [, ...bounds]: unknown[], attributes: Json): unknown[] {
  const [begin, end, strides] = bounds.map((bound) => (Array.isArray(bound) ? bound : undefined));
  if (!begin || !end || !strides) {
    throw new ModelError(
      `layer "${spec.name}" takes a slice whose ends are tensors, which is not supported.`,
    );
  }
  const has = (mask: string, axis: number) =>
    ((Number(attributeValue(attributes[mask]) ?? 0) >> axis) & 1) === 1;
  return begin.map((start, axis) => {
    if (has('ellipsis_mask', axis)) return { class_name: '__ellipsis__', config: {} };
    if (has('new_axis_mask', axis)) return null;
    if (has('shrink_axis_mask', axis)) return start;
    return {
      start: has('begin_mask', axis) ? null : start,
      stop: has('end_mask', axis) ? null : end[axis],
      step: strides[axis],
    };
  });
}
