import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Bytes } from './bytes';
import { graphOf, MOST_CONFIG, parseJson } from './config';
import type { Dialect, GraphSpec, Json } from './graph';

/** A model's layers, without weights. */
export interface Architecture {
  graph: GraphSpec;
  dialect: Dialect;
}

/** The major version of Keras as text: files of Keras 1 and 2 are alike. */
export function dialectOf(version: string | undefined): Dialect {
  return version && Number.parseInt(version, 10) >= 3 ? 3 : 2;
}

export const textOf = (bytes: Bytes) => new TextDecoder().decode(bytes.at(0, bytes.size));

/** Whether the first character that is no white space opens a JSON object, or a text that may hold one. */
export function isJson(bytes: Bytes): boolean {
  const start = new TextDecoder().decode(bytes.at(0, Math.min(bytes.size, 64))).trimStart();
  return start.startsWith('{') || start.startsWith('"{');
}

/**
 * Parses a JSON file. `json.dump(model.to_json())` writes a text that holds JSON.
 *
 * @throws {ModelError} when it is no JSON, or larger than any configuration
 */
export function jsonOf(bytes: Bytes): Json {
  if (bytes.size > MOST_CONFIG)
    throw new ModelError(`its JSON has ${bytes.size} bytes, more than any model's.`);
  const text = textOf(bytes).trim();
  if (!text.startsWith('"')) return parseJson(text);
  let inner: unknown;
  try {
    inner = JSON.parse(text);
  } catch (cause) {
    throw new ModelError('its configuration is not JSON. Save the model again.', { cause });
  }
  return parseJson(String(inner));
}

/** Reads what `model.to_json()` gives, which has no weights. */
export function architectureOf(json: Json): Architecture {
  const version = json['keras_version'];
  const isNew = typeof json['module'] === 'string' && !('keras_version' in json);
  const dialect = typeof version === 'string' ? dialectOf(version) : isNew ? 3 : 2;
  return { graph: graphOf(json, dialect), dialect };
}

/** Whether a JSON file is a configuration without weights. */
export const isConfig = (json: Json): boolean => 'class_name' in json && isObject(json['config'] ?? json);
