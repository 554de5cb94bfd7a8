import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import { summaryText } from '../../src/keras/summary';
import { suite } from '../suite';

suite('keras/summary', {
  async 'a layer used at two sizes has the line that its version of Keras prints'() {
    // Keras 3.15.1 gives the shape of the last call, tf_keras 2.21 the word multiple.
    for (const [file, shape] of [
      ['two_sizes_of_keras.keras', '(None, 5, 5, 3)'],
      ['two_sizes_of_tf_keras.h5', 'multiple'],
    ]) {
      const model = await loadModel(`test/fixtures/keras/${file}`);
      const row = summaryText(model)
        .split('\n')
        .find((line) => line.includes('shared (Conv2D)'));
      assert.ok(row?.includes(`│ ${shape} `), row);
      model.dispose();
    }
  },

  'a value that is not a model has its error message'() {
    assert.throws(() => summaryText(Promise.resolve() as never), /the model is a Promise \(write await/);
    assert.throws(() => summaryText(undefined as never), /the model is undefined/);
  },
});
