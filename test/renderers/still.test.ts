import '../../renderers/node';
import * as assert from 'uvu/assert';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { overlayFigure } from '../../renderers/overlay';
import { still } from '../../renderers/still';
import { kerasActivation } from '../npy';
import { suite } from '../suite';

const map = kerasActivation('conv2d_3');
const gray = { height: 150, width: 150, channels: 1, data: new Uint8Array(150 * 150).fill(100) };
/** The lines of a caption in a figure of its full width. */
const captionOf = (spec: unknown) =>
  (spec as { params: { name: string; value: string[][] }[] }).params.find(({ name }) => name === 'captions')!
    .value[0]!;

suite('the picture of an interactive figure', {
  'says which controls a reader has elsewhere, below the caption': () => {
    const { spec } = overlayFigure(gray, map, { channel: 20 });
    const caption = captionOf(still(spec));
    assert.equal(caption.slice(0, -1), captionOf(spec));
    assert.is(caption.at(-1), 'Interactive in Jupyter, VS Code and HTML pages: change opacity.');
  },

  'says nothing where only the pointer would find more': () => {
    for (const { spec } of [matshowFigure(map, { channel: 20 }), gridFigure(map)])
      assert.is(still(spec), spec);
  },
});
