import * as assert from 'uvu/assert';
import { inParts, useProgress } from '../../src/explain/progress';
import { suite } from '../suite';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function recorded() {
  const events: string[] = [];
  useProgress((title, total) => {
    events.push(`${title} of ${total}`);
    return { update: (done) => void events.push(String(done)), end: () => void events.push('end') };
  });
  return events;
}

suite('explain/progress', {
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
});
