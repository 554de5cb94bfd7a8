import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/keras/load';
import { summaryText } from '../../src/keras/summary';
import { suite } from '../suite';

/** What Keras prints of each model, in the form of Keras 3. */
const PRINTED: Record<string, { rows: string[][]; totals: string[] }> = JSON.parse(
  gunzipSync(readFileSync('test/fixtures/summaries.json.gz')).toString(),
);

/**
 * Models that are not shown as Keras shows them: of other types than 32-bit floats, which they become; with their channels
 * first, which are last here; with layers that add a loss; of which a shape is known better here, or not as well; whose
 * activation layers have weights that Keras makes at the first call; and one that is refused.
 */
const OTHERWISE =
  /\/(b?float16|quantized|channels_first|conv2d_channels_first|rarer_of_tf|unbuilt_activations|augmentation_of_tf|masks_after_of_keras\.keras|nested_sizes|more_operations|attention_of_keras|attention_with_masks|hostile_external)/;

suite('keras/summary', {
  async 'rows and totals are those that Keras prints'() {
    let checked = 0;
    for (const [file, { rows, totals }] of Object.entries(PRINTED)) {
      if (OTHERWISE.test(file)) continue;
      checked++;
      const model = await loadModel(`test/fixtures/${file}`);
      const lines = summaryText(model).split('\n');
      const cells = lines.filter((line) => line.startsWith('│')).map((line) => line.slice(1, -1).split('│'));
      assert.equal(
        cells.map((row) => row.map((cell) => cell.trim())),
        rows,
        file,
      );
      assert.equal(
        lines.slice(-3).map((line) => line.trim()),
        totals,
        file,
      );
      model.dispose();
    }
    assert.ok(checked > 230, `${checked}`);
  },

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
