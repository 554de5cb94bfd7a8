import * as assert from 'uvu/assert';
import { valuesText } from '../../src/maps/values-text';
import { json } from '../npy';
import { suite } from '../suite';

interface Printed {
  shape: number[];
  values: (number | string)[];
  whole: boolean;
  text: string;
}

const ODD: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

suite('maps/values-text', {
  'values are written as numpy prints them': () => {
    for (const { shape, values, whole, text } of json<Printed[]>('printed')) {
      const numbers = values.map((value) => (typeof value === 'string' ? ODD[value]! : value));
      assert.is(valuesText(shape, numbers, whole), text, `shape [${shape}]`);
    }
  },

  'strings and booleans': () => {
    assert.is(valuesText([2], ['a"b', 'c']), '["a\\"b" "c"]');
    assert.is(valuesText([2], [true, false]), '[ true false]');
    assert.is(valuesText([0, 3], []), '[]');
  },
});
