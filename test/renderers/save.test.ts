import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { exploreFigure } from '../../renderers/explore';
import { gridFigure } from '../../renderers/grid';
import { matshowFigure } from '../../renderers/matshow';
import { kerasActivation } from '../npy';
import { suite } from '../suite';
import { readPng } from './read-png';

const folder = mkdtempSync(join(tmpdir(), 'convlens-save-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const figure = gridFigure(kerasActivation('conv2d_3'), { channels: [0, 1] });

suite('saving a figure', {
  'as PNG at its size and at any other': async () => {
    const path = join(folder, 'x.png');
    await figure.save(path);
    assert.ok(readFileSync(path).equals(figure.png));
    const { width } = readPng(figure.png);
    await figure.save(path, { scale: 2.5 });
    assert.ok(Math.abs(readPng(readFileSync(path)).width - 2.5 * width) <= 2);
  },
  'as SVG with its pictures inside': async () => {
    await figure.save(join(folder, 'x.svg'));
    const svg = readFileSync(join(folder, 'x.svg'), 'utf8');
    assert.match(svg, /^<svg role="img" aria-label="conv2d_3; 2 of 64 channels/);
    assert.ok(svg.length < 100_000, `${svg.length}`);
    assert.match(svg, 'xlink:href="data:image/png;base64,');
    assert.match(svg, 'conv2d_3');
  },
  'an explorer of many channels has its map in a PNG of any size, and an SVG has no other map in full size':
    async () => {
      const data = Float32Array.from({ length: 49 * 2048 }, (_, i) => Math.sin(i));
      const many = exploreFigure({ layer: 'many', shape: [1, 7, 7, 2048], data }, { channel: 5 });
      await many.save(join(folder, 'x.png'), { scale: 2 });
      const { data: pixels, width } = readPng(readFileSync(join(folder, 'x.png')));
      // In the middle of the map's first row, below title and caption.
      const colors = new Set(
        Array.from({ length: 7 }, (_, cell) => {
          const at = 4 * (2 * (12 + 80) * width + 2 * (12 + 31 + 62 * cell));
          return pixels.subarray(at, at + 3).toString();
        }),
      );
      assert.ok(colors.size >= 5, `${[...colors]}`);
      await exploreFigure(kerasActivation('conv2d_3')).save(join(folder, 'x.svg'));
      const svg = readFileSync(join(folder, 'x.svg'), 'utf8');
      assert.ok(svg.length < 100_000, `${svg.length}`);
    },
  'as the spec': async () => {
    await figure.save(join(folder, 'x.json'));
    assert.equal(
      JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8')),
      JSON.parse(JSON.stringify(figure.spec)),
    );
  },
  'as a page of its own': async () => {
    await matshowFigure(kerasActivation('conv2d_3')).save(join(folder, 'x.html'));
    const html = readFileSync(join(folder, 'x.html'), 'utf8');
    assert.match(html, '<title>conv2d_3 · channel 0</title>');
    assert.match(html, 'data-mode="vega-lite"');
    assert.match(html, "default-src 'none'");
  },
  'no other file is left in the folder': () => {
    assert.equal(readdirSync(folder).sort(), ['x.html', 'x.json', 'x.png', 'x.svg']);
  },
  'another ending, a missing folder and a wrong scale are refused': async () => {
    const refuses = async (saving: Promise<void>, words: string) => {
      const error = await saving.then(
        () => undefined,
        (e) => e as Error,
      );
      assert.ok(error?.message.includes(words), error?.message);
    };
    await refuses(figure.save(join(folder, 'x.gif')), 'the name must end with .png, .svg, .json, .html');
    await refuses(figure.save(join(folder, 'none', 'x.png')), 'there is no folder');
    await refuses(figure.save(join(folder, 'x.png'), { scale: 0 }), 'scale is 0');
  },
});
