import * as assert from 'uvu/assert';
import type { Message } from '../../src/jupyter/wire';
import { Requests } from '../../src/notebook/requests';
import { suite } from '../suite';

const reply = { header: { msg_id: 'reply' } } as Message;

suite('pending requests', {
  'a request is done with its reply and the idle status, in either order': async () => {
    const requests = new Requests();
    const [first, second] = [requests.add('1'), requests.add('2')];
    requests.replied('1', reply);
    assert.ok(requests.has('1'));
    requests.idle('1');
    requests.idle('2');
    requests.replied('2', reply);
    assert.equal(await Promise.all([first, second]), [reply, reply]);
    assert.not.ok(requests.has('1') || requests.has('2'));
  },

  'a request whose kernel never becomes idle is done after a silence': async () => {
    const requests = new Requests();
    const done = requests.add('1');
    requests.replied('1', reply);
    assert.is(await done, reply);
  },

  'all fail when the kernel ends': async () => {
    const requests = new Requests();
    const done = requests.add('1');
    requests.fail(new Error('gone'));
    try {
      await done;
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).message, 'gone');
    }
  },
});
