import * as assert from 'uvu/assert';
import { atlas, loadModel } from '../../src/index';
import { useProgress } from '../../src/progress';
import { suite } from '../suite';

suite('progress of an atlas', {
  async 'is shown by itself when it will take long, and closed when it is ended'() {
    const events: string[] = [];
    const stop = new AbortController();
    useProgress((title, total) => {
      events.push(`${title} of ${total}`);
      return { update: () => stop.abort(new Error('enough')), end: () => void events.push('end') };
    });
    const model = await loadModel('notebooks/dogcat_v1.h5');
    const ended = await atlas(model, 'notebooks/drawn.npz', { batch: 4, signal: stop.signal }).catch(
      (e) => e,
    );
    assert.is(ended.message, 'enough');
    assert.equal(events, ['atlas, pictures of 2000', 'end']);
    model.dispose();
  },
});
