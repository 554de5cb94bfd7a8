import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { gridFigure } from '../renderers/grid';
import { matshowFigure } from '../renderers/matshow';
import * as errors from '../src/errors';
import * as convlens from '../src/index';
import { layout } from '../src/maps/activation';
import { loadImage } from '../src/pictures/load';
import { toTensor } from '../src/pictures/to-tensor';
import { FIXTURES, kerasActivation } from './npy';
import { suite } from './suite';

const map = kerasActivation('max_pooling2d_1');

/** Calls that must fail, the class of the error, and what its message must name. */
const FAILURES: [() => unknown, new (...words: never[]) => Error, string][] = [
  [() => loadImage('nowhere.png'), errors.PictureError, 'nowhere.png'],
  [() => loadImage(FIXTURES), errors.PictureError, 'folder'],
  [() => loadImage(join(FIXTURES, 'nearest.json')), errors.PictureError, 'nearest.json'],
  [() => loadImage('ftp://example.com/cat.jpg'), errors.PictureError, 'ftp://example.com/cat.jpg'],
  [() => loadImage('cat.jpg', { targetSize: [-1, 2] }), RangeError, '[-1,2]'],
  [() => loadImage({} as never), TypeError, 'source'],
  [() => toTensor({} as never), TypeError, 'loadImage'],
  [() => layout({ ...map, shape: [1, 2, 3, 4, 5] }), TypeError, 'max_pooling2d_1'],
  [() => layout({ layer: 'cube', shape: [1, 1, 1, 1, 1], data: new Float32Array(1) }), RangeError, 'cube'],
  [() => layout({ layer: 'loss', shape: [], data: new Float32Array(1) }), RangeError, 'loss'],
  [() => matshowFigure(map, { channel: 99 }), RangeError, 'channel 99 of max_pooling2d_1'],
  [() => matshowFigure(map, { index: 1 }), RangeError, 'sample 1 of max_pooling2d_1'],
  [() => matshowFigure(map, { cmap: 'jet' as never }), RangeError, "'jet'"],
  [() => matshowFigure(map, { vmin: Number.NaN }), RangeError, 'Cannot scale by'],
  [() => gridFigure(map, { cmap: 'jet' as never }), RangeError, "'jet'"],
  [() => gridFigure(map, { scale: 'log' as never }), RangeError, '"log"'],
  [() => matshowFigure(map).save('/nowhere/x.png'), errors.FigureError, 'there is no folder /nowhere'],
  [() => gridFigure(map, { imagesPerRow: 0 }), RangeError, 'imagesPerRow is 0'],
];

suite('errors', {
  'the package exports the classes that are thrown, with their names and causes': () => {
    for (const [name, Class] of Object.entries(errors)) {
      assert.is((convlens as Record<string, unknown>)[name], Class);
      const cause = new Error('why');
      const error = new Class('Cannot.', { cause });
      assert.instance(error, Error);
      assert.is(error.name, name);
      assert.is(error.cause, cause);
      assert.is(String(error), `${name}: Cannot.`);
    }
    assert.is(Object.keys(errors).length, 7);
  },
  'each failure has its class, reads "Cannot …: … ." and names its subject': async () => {
    for (const [fail, Class, thing] of FAILURES) {
      let error: Error | undefined;
      try {
        await fail();
      } catch (caught) {
        error = caught as Error;
      }
      assert.ok(error, `nothing was thrown about ${thing}`);
      assert.is(error!.constructor, Class, error!.message);
      assert.match(error!.message, /^Cannot [\s\S]+[.]$/);
      assert.ok(error!.message.includes(thing), error!.message);
    }
  },
});
