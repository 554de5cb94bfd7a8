// Uses the installed package as an ES module does: its names must be found without running it.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { exploreFigure, loadImage, loadModel, matshowFigure, predict, toTensor } from 'convlens';

const folder = `${dirname(createRequire(import.meta.url).resolve('convlens/package.json'))}/notebooks/`;
const img = await loadImage(`${folder}cat.jpg`, { targetSize: [150, 150] });
const model = await loadModel(`${folder}dogcat_v1.h5`);
const maps = await predict(model, toTensor(img), { layers: ['conv2d_1'] });
const drawn = matshowFigure(maps[0], { channel: 1 }).png.length > 10000;
console.log(maps[0].shape.join(), drawn, exploreFigure(maps).text.slice(0, 20));
