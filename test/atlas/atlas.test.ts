import * as assert from 'uvu/assert';
import { atlas, loadModel } from '../../src/index';
import { suite } from '../suite';
import { compareWithNumpy, expected } from './expected';

suite('atlas', {
  async 'of 2,000 drawn pictures and a network of known detectors holds what numpy computes'() {
    const model = await loadModel('notebooks/detectors.keras');
    const seen: number[] = [];
    const a = await atlas(model, 'notebooks/drawn.npz', {
      layers: Object.keys(expected.layers),
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    compareWithNumpy(a);
    assert.is(seen.at(-1), 1);
    assert.equal(a.skipped, []);
    model.dispose();
  },
});
