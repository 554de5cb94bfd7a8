import * as assert from 'uvu/assert';
import { checkOptions } from '../../src/checks/check-options';
import { kindOf } from '../../src/checks/kind-of';
import { suite } from '../suite';

const check = (options: unknown) => checkOptions('load a picture', options, ['targetSize', 'colorMode']);

function refused(options: unknown, message: string) {
  try {
    check(options);
  } catch (error) {
    assert.instance(error, TypeError);
    assert.is((error as Error).message, message);
    return;
  }
  assert.unreachable('accepted');
}

suite('options in plain JavaScript', {
  'known names and undefined options pass'() {
    check(undefined);
    check({});
    check({ targetSize: [150, 150] });
    check({ colorMode: undefined });
  },

  'an unknown name is an error that suggests the nearest known one'() {
    refused(
      { target_size: [150, 150] },
      'Cannot load a picture: unknown option "target_size". Did you mean "targetSize"?',
    );
    refused({ q: 1 }, 'Cannot load a picture: unknown option "q". Its options: targetSize, colorMode.');
  },

  'options that are not an object are an error that names their kind'() {
    const words = (kind: string) =>
      `Cannot load a picture: the options are ${kind}. Give an object with any of targetSize, colorMode.`;
    refused(null, words('null'));
    refused('rgb', words('a string'));
    refused([150, 150], words('an array'));
    refused(Promise.resolve({}), words('a Promise (write await before the call that returns it)'));
  },

  'an error names the kind of a value'() {
    assert.is(kindOf(undefined), 'undefined');
    assert.is(
      kindOf(() => 0),
      'a function',
    );
    assert.is(kindOf(Object.create(null)), 'an object');
    assert.is(kindOf(7n), 'a bigint');
  },
});
