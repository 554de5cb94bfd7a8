import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import { type Call, type Dialect, type GraphSpec, type Json, type LayerSpec, TensorRef } from './graph';

const DEEPEST = 64;
/** Five times those of the largest model of keras.applications; twenty thousand take 8 s to connect. */
const MOST_LAYERS = 5_000;
/** Bytes of the largest configuration: ten times those of any model seen. */
export const MOST_CONFIG = 32 * 1024 ** 2;
/** Other names of Keras's own classes in files. */
const OF_KERAS = new Map([
  // Of InceptionResNetV2; an .h5 names it like a user's class.
  ['Custom>CustomScaleLayer', 'CustomScaleLayer'],
  ['GroupQueryAttention', 'GroupedQueryAttention'],
]);
const MODELS = new Set(['Sequential', 'Functional', 'Model']);

/**
 * Whether a configuration is a model's. One of a class of its own, such as `CustomModel(inputs, outputs)`, is a model
 * like any other if its layers and how they are connected are in the file.
 */
function isModel({ class_name, config }: Json): boolean {
  if (MODELS.has(String(class_name))) return true;
  if (!isObject(config) || !Array.isArray(config['layers'])) return false;
  const layers = config['layers'].filter(isObject);
  const connected = 'input_layers' in config && layers.some((layer) => 'inbound_nodes' in layer);
  // A Sequential's list begins with its input.
  const first = layers[0];
  return connected || (first?.['class_name'] === 'InputLayer' && layers.every((layer) => 'config' in layer));
}

/**
 * Reads `model_config` (of an .h5) or `config.json` (of a .keras) of any Keras version.
 *
 * @param text the JSON text; nothing in it is executed
 * @throws {ModelError} when it is not a model, is a subclassed model, or is nested too deeply
 */
export function parseConfig(text: string, dialect: Dialect): GraphSpec {
  return graphOf(parseJson(text), dialect);
}

/** Parses the text of a configuration, including Python's NaN and Infinity. */
export function parseJson(text: string): Json {
  checkDepth(text);
  let json: unknown;
  try {
    json = JSON.parse(withNumbers(text));
  } catch (cause) {
    throw new ModelError('its configuration is not JSON. Save the model again.', { cause });
  }
  if (!isObject(json)) throw new ModelError('its configuration is not a model.');
  return json;
}

/** Reads a parsed configuration. */
export function graphOf(json: Json, dialect: Dialect): GraphSpec {
  const count = { layers: 0 };
  return readGraph(json, '', dialect, count, 0);
}

/** Python writes NaN and Infinity, which JSON lacks. NaN, which no setting can mean, becomes null. */
function withNumbers(text: string): string {
  if (!/Infinity|NaN/.test(text)) return text;
  const word = (token: string) => (token === 'NaN' ? 'null' : token.replace('Infinity', '1e999'));
  return text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
    token[0] === '"' ? token : word(token),
  );
}

/** Refuses deeply nested JSON before it is parsed, since the parser may recurse. */
function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 91 || code === 123) {
      if (++depth > DEEPEST * 8) throw new ModelError('its configuration is nested too deeply.');
    } else if (code === 93 || code === 125) depth--;
  }
}

function readGraph(
  json: Json,
  path: string,
  dialect: Dialect,
  count: { layers: number },
  depth: number,
): GraphSpec {
  const className = String(json['class_name']);
  const where = path ? ` (layer "${path}")` : '';
  if (depth > DEEPEST) throw new ModelError('its models are nested too deeply.');
  const config = json['config'];
  // Until Keras 2.2.2 a Sequential's configuration was the bare list of its layers.
  const custom = !MODELS.has(className);
  const sequential =
    className === 'Sequential' || (custom && isObject(config) && !('input_layers' in config));
  const list = Array.isArray(config) ? config : isObject(config) ? config['layers'] : undefined;
  if (!isModel(json) || !Array.isArray(list)) {
    throw new ModelError(
      `it is a subclassed model${where}: class ${className}, which is Python code. Build it with keras.Sequential or keras.Model(inputs, outputs) and save that.`,
    );
  }
  const own = isObject(config) ? config : {};
  count.layers += list.length;
  if (count.layers > MOST_LAYERS) throw new ModelError(`it has more than ${MOST_LAYERS} layers.`);
  const names = new Set<string>();
  const layers = list.map((entry: unknown) => {
    if (!isObject(entry) || !isObject(entry['config'] ?? {}) === !Array.isArray(entry['config'])) {
      throw new ModelError(`a layer's configuration is no object${where}.`);
    }
    const layer = readLayer(entry, path, dialect, count, depth);
    if (names.has(layer.name)) throw new ModelError(`two layers are named "${layer.name}"${where}.`);
    names.add(layer.name);
    return layer;
  });
  return {
    name: String(own['name'] ?? (path.split('/').pop() || className.toLowerCase())),
    className,
    sequential,
    custom,
    layers,
    inputShape: shapeOf(own['build_input_shape']),
    inputs: readEnds(own['input_layers']),
    inputNames: isObject(own['input_layers']) ? Object.keys(own['input_layers']) : undefined,
    outputs: readEnds(own['output_layers']),
  };
}

function readLayer(
  entry: Json,
  path: string,
  dialect: Dialect,
  count: { layers: number },
  depth: number,
): LayerSpec {
  const given = String(entry['class_name']);
  const className = OF_KERAS.get(given) ?? given;
  const config = (isObject(entry['config']) ? entry['config'] : {}) as Json;
  const name = String(entry['name'] ?? config['name'] ?? `${className.toLowerCase()}_${count.layers}`);
  const nested = isModel(entry);
  const wrapped = className === 'TimeDistributed' ? config['layer'] : undefined;
  const stepModel =
    isObject(wrapped) && isModel(wrapped)
      ? readLayer(wrapped, path ? `${path}/${name}` : name, dialect, count, depth + 1)
      : undefined;
  const inbound = Array.isArray(entry['inbound_nodes']) ? entry['inbound_nodes'] : [];
  const module = String(entry['module'] ?? '');
  const registered = entry['registered_name'];
  if (typeof registered === 'string' && registered.includes('>')) {
    config['registered_name'] = registered;
  }
  return {
    name,
    className,
    module,
    config,
    calls: inbound.map((node) => readCall(node, name)),
    inner: nested ? readGraph(entry, path ? `${path}/${name}` : name, dialect, count, depth + 1) : undefined,
    stepModel,
  };
}

/** Keras 3 writes a call as `{ args, kwargs }`, Keras 2 as a list of `[layer, call, output, kwargs]`. */
function readCall(node: unknown, layer: string): Call {
  if (isObject(node) && !('args' in node) && !('kwargs' in node)) {
    // Keras 2's call of a model with named inputs.
    const named = Object.entries(node).map(([name, tuple]) => [
      name,
      refOf(Array.isArray(tuple) ? tuple.slice(0, 3) : tuple),
    ]);
    return { args: [Object.fromEntries(named)], kwargs: {} };
  }
  if (isObject(node)) {
    const args = readArgument(node['args'] ?? [], 0);
    const kwargs = readArgument(node['kwargs'] ?? {}, 0);
    if (Array.isArray(args) && isObject(kwargs)) return { args, kwargs };
  } else if (Array.isArray(node)) {
    const tuples = typeof node[0] === 'string' ? [node] : node;
    const kwargs: Json = {};
    const args = tuples.map((tuple: unknown) => {
      if (!Array.isArray(tuple)) throw new ModelError(`the inputs of layer "${layer}" cannot be understood.`);
      for (const [key, value] of Object.entries(isObject(tuple[3]) ? tuple[3] : {})) {
        kwargs[key] = refOf(value) ?? (Array.isArray(value) ? value.map((v) => refOf(v) ?? v) : value);
      }
      if (tuple[0] === '_CONSTANT_VALUE') return tuple[2];
      return refOf(tuple.slice(0, 3)) ?? tuple;
    });
    // In Keras 2, a list of tensors is one argument.
    return { args: tuples === node ? [args] : args, kwargs };
  }
  throw new ModelError(`the inputs of layer "${layer}" cannot be understood.`);
}

/** An argument of a call as Keras 3 writes it: tensors become `TensorRef`s, constants their values. */
function readArgument(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw new ModelError('its configuration is nested too deeply.');
  if (Array.isArray(value)) return value.map((item) => readArgument(item, depth + 1));
  if (!isObject(value)) return value;
  if (value['class_name'] === '__keras_tensor__' && isObject(value['config'])) {
    const ref = refOf(value['config']['keras_history']);
    if (ref) return ref;
  }
  const constant = value['class_name'] === '__numpy__' || value['class_name'] === '__tensor__';
  if (constant && isObject(value['config'])) return value['config']['value'];
  if (value['class_name'] === '__tuple__') return readArgument(value['items'] ?? [], depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readArgument(item, depth + 1)]));
}

function refOf(value: unknown): TensorRef | undefined {
  if (!Array.isArray(value) || value.length !== 3 || typeof value[0] !== 'string') return undefined;
  return Number.isInteger(value[1]) && Number.isInteger(value[2])
    ? new TensorRef(value[0], value[1], value[2])
    : undefined;
}

/** One input or output is a flat `[layer, call, output]` in Keras 3; several are a list, or an object by name. */
function readEnds(value: unknown): TensorRef[] {
  const one = refOf(value);
  if (one) return [one];
  if (value === undefined) return [];
  if (!isObject(value) && !Array.isArray(value)) {
    throw new ModelError(
      `its inputs or outputs hold ${JSON.stringify(value).slice(0, 100)}, which is not the output of a layer.`,
    );
  }
  return Object.values(value).flatMap((end) => readEnds(end));
}

/** @returns a shape with its batch axis; undefined if it is not a shape */
export function shapeOf(value: unknown): (number | null)[] | undefined {
  const list = isObject(value) ? value['items'] : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.every((size) => size === null || (Number.isInteger(size) && size >= 0)) ? list : undefined;
}
