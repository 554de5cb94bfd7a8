import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Atlas, atlas, atlasFigure, channelFigure, loadAtlas, loadModel } from '../../src/index';
import { suite } from '../suite';
import { fresh } from './files';

/** An atlas of 60 pictures, in memory and as it is read again. */
const made = (async () => {
  const out = fresh('figures');
  const model = await loadModel('notebooks/detectors.keras');
  const layers = ['detectors', 'shapes', 'scores'];
  const a = await atlas(model, 'notebooks/drawn.npz', { layers, stopAfter: 60, out });
  return { a, out, model };
})();

const params = ({ spec }: { spec: object }) =>
  (spec as { params: { name: string }[] }).params.map(({ name }) => name);

suite('figures of an atlas', {
  async 'a layer shows each channel, and says which are dead'() {
    const { a } = await made;
    const figure = await atlasFigure(a, { layer: 'detectors' });
    assert.match(
      figure.text,
      /^detectors · what its channels respond to; 10 channels; .*1 dead over all pictures of 10: 9$/,
    );
    const few = await atlasFigure(a, { layer: 'detectors', count: 4 });
    assert.match(few.text, /the 4 most varied of 10 channels/);
  },
  async 'a channel shows its patches, with its maps while the model is there'() {
    const { a, out, model } = await made;
    const figure = await channelFigure(a, 'shapes', 2);
    assert.match(figure.text, /^shapes · channel 2; fires in .*; the 9 pictures with its largest values/);
    assert.ok(params(figure).includes('map'));
    const read = loadAtlas(out);
    assert.not.ok(params(await channelFigure(read, 'shapes', 2)).includes('map'));
    assert.ok(params(await channelFigure(read, 'shapes', 2, { model })).includes('map'));
    assert.is((await channelFigure(read, 'shapes', 2)).png.length > 1000, true);
    assert.match((await channelFigure(a, 'detectors', 9)).text, /dead over all pictures: every value is 0/);
    // A Dense output has no map to lay over.
    assert.not.ok(params(await channelFigure(a, 'scores', 0)).includes('map'));
  },
  async 'the pictures beside atlas.json are those that the model saw'() {
    const { a, out } = await made;
    const [inMemory, fromFile] = await Promise.all([
      channelFigure(a, 'shapes', 0),
      channelFigure(loadAtlas(out), 'shapes', 0),
    ]);
    const urls = ({ spec }: { spec: object }) =>
      JSON.stringify(spec)
        .match(/data:image\/png;base64,[^"]+/g)!
        .slice(0, 9);
    assert.equal(urls(fromFile), urls(inMemory));
  },
  async 'the page holds no path of this machine, and its data names each layer'() {
    const { out } = await made;
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    assert.match(page, "default-src 'none'");
    for (const file of ['index.html', 'data/0.js', 'data/names.js', 'atlas.json']) {
      assert.not.match(readFileSync(join(out, file), 'utf8'), process.cwd());
    }
  },
  async 'wrong requests say what is wrong'() {
    const { a } = await made;
    const message = async (wrong: () => Promise<unknown>) =>
      ((await wrong().catch((error) => error)) as Error).message;
    assert.match(await message(() => atlasFigure(a, { layer: 'detector' })), /no such layer\. Did you mean/);
    assert.match(await message(() => atlasFigure(a, {} as never)), /Its layers: detectors, shapes, scores/);
    assert.match(await message(() => channelFigure(a, 'shapes', 6)), /it has 6 channels/);
    assert.match(
      await message(() => channelFigure({} as Atlas, 'shapes', 0)),
      /Give what atlas or loadAtlas returns/,
    );
    assert.match(await message(() => channelFigure({ ...a }, 'shapes', 0)), /not a copy of it/);
  },
});
