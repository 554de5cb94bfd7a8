import type { Bytes } from './bytes';

/** Files that people have beside Keras's, and the one line that makes a Keras file of each. */

const BACK = 'Give the Keras model that it was made from: model.save("model.keras").';
/** What is said of a checkpoint alone. */
export const ONLY_CHECKPOINT =
  "it is a checkpoint, which holds weights only. Give the model's configuration too, which model.to_json() writes: loadModel('model.json', { weights: 'model.ckpt' }).";
const FROM_ONNX = 'Convert it: onnx2tf -i model.onnx -oh5';

/** Tags of the fields that may follow the version in an ONNX file. */
const ONNX_FIELDS = new Set([0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42]);

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));

/**
 * Names a file that is no Keras model by its first bytes.
 *
 * @param names the entries of a zip
 * @returns what it is and what to do; undefined when it is of no known kind
 */
export function otherKind(bytes: Bytes, names: readonly string[] = []): string | undefined {
  const start = bytes.at(0, Math.min(bytes.size, 64));
  const [first, second, third] = start;
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return pyTorch();
  if (names.some((name) => /(^|\/)saved_model\.pb$/.test(name))) {
    return 'it is a zipped SavedModel. Unpack it, and give its folder.';
  }
  if (names.some((name) => name.endsWith('.npy'))) {
    return 'it is a file of numpy arrays (.npz), which holds no layers. Save the model: model.save("model.keras").';
  }
  if (ascii(start, 4, 8) === 'TFL3') {
    return `it is a TensorFlow Lite model (.tflite), which holds operations but no layers. ${BACK}`;
  }
  if (ascii(start, 0, 4) === 'GGUF' || /^.{8}\{"/s.test(ascii(start, 0, 10))) {
    return `it holds weights only (${ascii(start, 0, 4) === 'GGUF' ? 'GGUF' : 'safetensors'}). ${BACK}`;
  }
  if (first === 0x80 && second! >= 2 && second! <= 5) {
    // PyTorch's older files begin with a number of ten bytes.
    if (third === 0x8a && start[3] === 0x0a) return pyTorch();
    return 'it is a Python pickle (.pkl), which is a program and is never run. Save what it holds: pickle.load(open("model.pkl", "rb")).save("model.keras")';
  }
  if (isTable(bytes)) {
    return ONLY_CHECKPOINT;
  }
  if (first === 0x1f && second === 0x8b) return 'it is compressed (gzip). Unpack it: tar xzf, or gunzip.';
  if (first === 0x08 && third === 0x12 && second === 1) {
    return 'it is the saved_model.pb of a SavedModel. Give its folder, with keras_metadata.pb and variables beside it.';
  }
  if (first === 0x08 && second! >= 2 && second! <= 20 && ONNX_FIELDS.has(third!)) {
    return `it is an ONNX model (.onnx). ${FROM_ONNX}`;
  }
  if (first === 0x0a && isFrozenGraph(start)) {
    return `it is a frozen graph of TensorFlow (.pb), which holds operations but no layers. ${BACK}`;
  }
  return undefined;
}

/** A table of LevelDB ends with this number. */
const TABLE_END = '57fb808b247547db';

const isTable = (bytes: Bytes) =>
  bytes.size >= 48 &&
  Array.from(bytes.at(bytes.size - 8, 8), (byte) => byte.toString(16).padStart(2, '0')).join('') ===
    TABLE_END;

const pyTorch = () =>
  `it is a PyTorch file (.pt). Write it as ONNX, torch.onnx.export(model, x, "model.onnx"), and convert that: onnx2tf -i model.onnx -oh5`;

/** A GraphDef begins with a node, whose first field is its name. */
function isFrozenGraph(start: Uint8Array): boolean {
  const at = start.findIndex((byte, i) => i > 0 && byte < 0x80) + 1;
  return start[at] === 0x0a && start[at + 1]! > 0 && start[at + 1]! < 0x80;
}
