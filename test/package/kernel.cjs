// Starts the kernel by the kernelspec that `convlens install --prefix` wrote, without Jupyter, and runs a cell.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
// By its path: the package exports no client.
const { KernelClient } = require(
  join(dirname(require.resolve('convlens/package.json')), 'dist', 'src', 'notebook', 'client.js'),
);

const spec = JSON.parse(
  readFileSync(join(__dirname, 'share', 'jupyter', 'kernels', 'convlens', 'kernel.json'), 'utf8'),
);
const CELL = `
import { loadImage, loadModel, predict, toTensor } from 'convlens';
const folder = './node_modules/convlens/notebooks/';
const img = await loadImage(folder + 'cat.jpg', { targetSize: [150, 150] });
const [first] = await predict(await loadModel(folder + 'dogcat_v1.h5'), toTensor(img), { layers: [0] });
console.log('answered ' + first.shape.join());`;

(async () => {
  const kernel = await KernelClient.start({ name: 'convlens', ...spec }, { cwd: __dirname });
  const { reply } = await kernel.execute(CELL, {
    onMessage: ({ header, content }) => header.msg_type === 'stream' && process.stdout.write(content.text),
  });
  await kernel.shutdown();
  if (reply.status !== 'ok') throw new Error(`the cell ended with ${reply.ename}: ${reply.evalue}`);
})();
