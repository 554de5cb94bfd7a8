/** Configurations as Keras 3 writes them: an input of 4 numbers called x. */
export const input = {
  class_name: 'InputLayer',
  name: 'x',
  config: { name: 'x', batch_shape: [null, 4] },
  inbound_nodes: [],
};

/** A reference to what a layer returns, as an argument of a call. */
export const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, 0] },
});

/** A layer called once, with what layer `from` returns. */
export const layer = (class_name: string, name: string, from: string, config = {}) => ({
  class_name,
  module: 'keras.layers',
  name,
  config: { name, ...config },
  inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
});

/** A function of keras.ops, called with these arguments. */
export const operation = (class_name: string, name: string, config: object, ...args: unknown[]) => ({
  class_name,
  module: 'keras.src.ops.numpy',
  name,
  config: { name, ...config },
  inbound_nodes: [{ args, kwargs: {} }],
});

/** A Functional model of `x` and these layers whose output is the layer called `last`. */
export const model = (layers: unknown[], last: string) => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [input, ...layers],
    input_layers: [['x', 0, 0]],
    output_layers: [[last, 0, 0]],
  },
});
