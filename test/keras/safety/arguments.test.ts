import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { predict } from '../../../src/keras/run/predict';
import { tf } from '../../../src/tensorflow/backend';
import { suite } from '../../suite';
import { layer, model } from './configurations';
import { edited, keras } from './models';
import { refuses } from './refuses';

suite('keras/safety/arguments', {
  async 'an unsupported argument of a layer, or one that differs between calls, is refused by name'() {
    await refuses(
      edited('given_masks', '"mask": {', '"weight": {'),
      /layer "both_ways" \(Bidirectional\) is called with the argument weight, which is not supported/,
    );
    await refuses(
      edited('given_states_of_keras', '"initial_state": [{', '"initial_state": [0.5, {'),
      /layer "lstm" \(LSTM\) is called with values other than tensors as its initial_state/,
    );
    await refuses(
      keras(model([layer('MultiHeadAttention', 'a', 'x', { num_heads: 2, key_dim: 3 })], 'a')),
      /layer "a" needs a query and a value of as many axes, 3 or more, .* gets \[any, 4\]/,
    );
    await refuses(
      edited(
        'given_masks',
        /("name": "global_average_pooling1d", "inbound_nodes": \[\{"args": \[.*?), (\{"class_name".*?\}\})\]/,
        '$1, [$2, $2]]',
      ),
      /"global_average_pooling1d" .* is called with 2 masks for 1 inputs/,
    );
    const once = '[[["x", 0, 0, {"training": true}]]]';
    await refuses(
      edited('training_of_tf_keras', once, '[[["x", 0, 0, {"training": true}]], [["x", 0, 0, {}]]]'),
      /layer "by_batch" \(BatchNormalization\) is called with different arguments in different calls/,
    );
    const states = '["x", 0, 0, {}], ["c", 0, 0, {}]';
    const loaded = await loadModel(edited('given_states_of_tf_keras', states, `${states}, ["h", 0, 0, {}]`));
    const inputs = loaded.inputs.map(({ shape }) => tf().ones([1, ...(shape.slice(1) as number[])]));
    const error = await predict(loaded, inputs as never, { layers: ['simple_rnn'] }).catch(
      (thrown) => thrown,
    );
    assert.instance(error, ModelError);
    assert.match(
      error.message,
      /starts with states of shape \[1, 3\], \[1, 3\], and has 1 of shape \[1, 3\]/,
    );
    loaded.dispose();
    tf().dispose(inputs);
  },
});
