import * as assert from 'uvu/assert';
import { ModelError } from '../../../src/errors';
import { loadModel } from '../../../src/keras/load';
import { suite } from '../../suite';
import { layer, model, operation, tensor } from './configurations';
import { keras } from './models';
import { refuses } from './refuses';

suite('keras/safety/operations', {
  async 'an unknown operation, and one with an invalid argument or size, is refused by name'() {
    for (const [name, config, args, words] of [
      ['Svd', { full_matrices: true }, [], /layer "o" is the operation Svd, which is not supported/],
      ['Einsum', { subscripts: 'ab->a' }, [1], /the operation Einsum: its equation "ab->a" is not an einsum/],
      [
        'Einsum',
        { subscripts: 'ab,bc->ad' },
        [[[1]]],
        /its equation "ab,bc->ad" is not an einsum of tensors of rank 2/,
      ],
      ['Norm', { ord: 'nuc' }, [], /the operation Norm: its ord is "nuc"/],
      ['Mean', { axis: 1, where: 0 }, [], /the operation Mean with the argument where, which is not/],
      ['Add', {}, [1, 2], /the operation Add with the argument argument 3/],
      [
        'Pad',
        { pad_width: [[0, 0], [1]] },
        [],
        /the operation Pad: its margins are \[\[0,0\],\[1\]\] for 2 axes/,
      ],
      ['Pad', { pad_width: 1, mode: 'wrap' }, [], /the operation Pad: it pads by mode "wrap"/],
      ['Split', { indices_or_sections: 3, axis: 1 }, [], /an axis of 4 cannot be split into 3 equal parts/],
      ['Take', { axis: 1 }, [[4]], /its indices go beyond the 4 of the axis/],
      ['Tile', { repeats: [1, 0.5] }, [], /its repeats is \[1,0.5\] and should be whole numbers/],
      ['Tile', { repeats: [1, 1e15] }, [], /./],
      ['Transpose', { axes: [0, 0] }, [], /the operation Transpose: its axes are \[0,0\], one of them twice/],
      ['Mean', { axis: 2 }, [], /the operation Mean: its axis is 2 and there are 2 axes/],
      ['Flip', { axis: -3 }, [], /the operation Flip: its axis is -3 and there are 2 axes/],
      [
        'Swapaxes',
        { axis1: '', axis2: 1 },
        [],
        /the operation Swapaxes: its axis is "" and there are 2 axes/,
      ],
      ['Stack', { axis: 9 }, [], /the operation Stack: its axis is 9/],
      ['GetItem', {}, [[0, 0, 0]], /the operation GetItem: it has 3 indices for 2 axes/],
      ['Resize', { size: [2, 2, 2] }, [], /its size has 3 numbers and should be a height and a width/],
      ['Resize', {}, [tensor('x')], /its size has 4 numbers and should be a height and a width/],
      ['Reshape', { newshape: [0.5] }, [], /its newshape is 0.5 and should be whole numbers/],
      ['MaxPool', { pool_size: [[]] }, [], /its pool_size is \[\[\]\]/],
      ['Add', {}, [[1, 2, 3]], /shapes \[,4\] and \[3\] do not go together/],
    ] as [string, object, unknown[], RegExp][]) {
      await refuses(keras(model([operation(name, 'o', config, tensor('x'), ...args)], 'o')), words);
    }
    // What would take gigabytes takes none before it is asked for.
    const before = process.memoryUsage().rss;
    for (const [name, config, args] of [
      ['Tile', { repeats: [1, 1e9] }, []],
      [
        'Pad',
        {
          pad_width: [
            [0, 0],
            [0, 1e9],
          ],
        },
        [],
      ],
      ['Repeat', { repeats: 1e9, axis: 1 }, []],
      ['BroadcastTo', { shape: [1e6, 1e6, 4] }, []],
    ] as [string, object, unknown[]][]) {
      const large = [operation(name, 'o', config, tensor('x'), ...args), layer('ReLU', 'r', 'o')];
      await loadModel(keras(model(large, 'r'))).then(
        (loaded) => loaded.dispose(),
        (error) => assert.instance(error, ModelError),
      );
    }
    assert.ok(process.memoryUsage().rss - before < 300e6);
  },
});
