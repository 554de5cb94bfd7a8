// Uses the installed package as a CommonJS module.
const { loadImage, loadModel, predict, toTensor, matshowFigure, exploreFigure } = require('convlens');
const folder = `${require('node:path').dirname(require.resolve('convlens/package.json'))}/notebooks/`;

(async () => {
  const img = await loadImage(`${folder}cat.jpg`, { targetSize: [150, 150] });
  const model = await loadModel(`${folder}dogcat_v1.h5`);
  const maps = await predict(model, toTensor(img), { layers: ['conv2d_1'] });
  const drawn = matshowFigure(maps[0], { channel: 1 }).png.length > 10000;
  console.log(maps[0].shape.join(), drawn, exploreFigure(maps).text.slice(0, 20));
})();
