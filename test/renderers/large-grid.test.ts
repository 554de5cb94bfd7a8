import * as assert from 'uvu/assert';
import { gridFigure } from '../../renderers/grid';
import { suite } from '../suite';
import { gridRaster } from './read-png';

/** Noise, which no PNG makes smaller. */
function noise(shape: number[]) {
  let state = 1;
  const data = new Float32Array(shape.reduce((a, b) => a * b)).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  return { layer: 'noise', shape, data };
}

suite('large grid', {
  '2,048 channels of 7 × 7 and 64 of 224 × 224 are drawn in 1.5 MB at most': () => {
    const many = gridFigure(noise([1, 7, 7, 2048]));
    assert.match(many.text, '2048 channels of 7 × 7');
    assert.is(gridRaster(many).width, 32 * 22, '32 a row, three pixels a value and a gutter');
    const large = gridFigure(noise([1, 224, 224, 64]));
    assert.match(large.text, 'shown at 1/5 size');
    for (const figure of [many, large]) {
      const bytes = JSON.stringify(figure.bundle()).length;
      assert.ok(bytes <= 1_500_000, `${bytes} bytes`);
    }
  },
});
