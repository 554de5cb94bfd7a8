// Compiled against the installed package: what is right must compile, what is wrong must not.
import {
  type Activation,
  channelStats,
  loadImage,
  loadModel,
  matshowFigure,
  predict,
  toTensor,
} from 'convlens';

export async function shapes(): Promise<readonly number[][]> {
  const model = await loadModel('dogcat_v1.h5');
  const tensor = toTensor(await loadImage('cat.jpg', { targetSize: [150, 150] }));
  const activations: Activation[] = await predict(model, tensor, { layers: ['conv2d_1', 3] });
  const dead: number[] = channelStats(activations[0]).map(({ channel }) => channel);
  const bytes: number = matshowFigure(activations[0], { channel: 1, cmap: 'viridis' }).png.length;
  // @ts-expect-error: there is no such colour map
  matshowFigure(activations[0], { cmap: 'rainbow' });
  // @ts-expect-error: a size has two numbers
  await loadImage('cat.jpg', { targetSize: [150] });
  return [[...activations[0].shape], dead, [bytes]];
}
