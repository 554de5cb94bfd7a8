import { suite } from '../../suite';
import { layer, model } from './configurations';
import { H5, keras, replaced } from './models';
import { refuses } from './refuses';

suite('keras/safety/weights', {
  async 'a missing weight, an extra weight and a weight of the wrong shape are refused'() {
    await refuses(
      keras(model([layer('Flatten', 'f', 'x')], 'f')),
      /has the weight layers\/.* which no layer needs/,
    );
    await refuses(
      keras(model([layer('BatchNormalization', 'b', 'x')], 'b')),
      /needs 4 weights and the file has 0/,
    );
    await refuses(
      replaced(H5, '"filters": 32', '"filters": 31'),
      /has shape \[3, 3, 16, 32\]; \[3, 3, 16, 31\] is needed/,
    );
  },
});
