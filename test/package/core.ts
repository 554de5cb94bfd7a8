// Compiled against the installed package: the core's own types, with no types of Node.
import {
  type Activation,
  gridFigure,
  hdf5With,
  loadModel,
  type OpenHdf5,
  predict,
  toTensor,
} from 'convlens/core';

export async function spec(bytes: Uint8Array, openHdf5: OpenHdf5): Promise<object> {
  const model = await loadModel(bytes, { openHdf5 });
  const pixels = { height: 1, width: 1, channels: 3, data: new Uint8Array(3) };
  const [first]: Activation[] = await predict(model, toTensor(pixels), { layers: [0] });
  // @ts-expect-error: a browser has no files
  await loadModel('dogcat_v1.h5', { openHdf5 });
  return gridFigure(first).spec;
}

export const open: OpenHdf5 = hdf5With({ ready: Promise.resolve(), FS: {}, File: {} });
