import * as assert from 'uvu/assert';
import { inParts, lateBar, useProgress } from '../src/progress';
import { suite } from './suite';
import { wait } from './until';

function recorded() {
  const events: string[] = [];
  useProgress((title, total) => {
    events.push(`${title} of ${total}`);
    return { update: (done) => void events.push(String(done)), end: () => void events.push('end') };
  });
  return events;
}

suite('progress', {
  async 'a computation that will take more than two seconds says how far it is'() {
    const events = recorded();
    await inParts('slow', 40, (index) => (index < 2 ? wait(60) : undefined));
    assert.equal(events.slice(0, 3), ['slow of 40', '1', '2']);
    assert.equal(events.slice(-2), ['40', 'end']);
  },
  async 'a short one says nothing'() {
    const events = recorded();
    await inParts('fast', 5, () => {});
    assert.equal(events, []);
  },
  async 'after an error the bar is closed'() {
    const events = recorded();
    await inParts('bad', 100, async (index) => {
      await wait(30);
      if (index) throw new Error('no');
    }).catch(() => {});
    assert.equal(events, ['bad of 100', '1', 'end']);
  },
  async 'a bar is closed once, and shows nothing afterwards'() {
    const events = recorded();
    const bar = lateBar('late', 1000);
    await wait(20);
    bar.update(1);
    bar.end();
    bar.update(2);
    bar.end();
    assert.equal(events, ['late of 1000', '1', 'end']);
  },
});
