import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as assert from 'uvu/assert';
import type { Layer, Model, Tensor } from '../../src/keras/model';
import { suite } from '../suite';

// The compiler is the test: TensorFlow.js's classes are what the small descriptions say.
const asModel = (model: tfl.LayersModel): Model => model;
const asLayer = (layer: tfl.layers.Layer): Layer => layer;
const asTensor = (tensor: tfc.Tensor): Tensor => tensor;

suite('keras/model', {
  'models, layers and tensors of TensorFlow.js satisfy our interfaces'() {
    for (const check of [asModel, asLayer, asTensor]) assert.is(check.length, 1);
  },
});
