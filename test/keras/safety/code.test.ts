import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { suite } from '../../suite';
import { layer, model } from './configurations';
import { keras } from './models';
import { refuses } from './refuses';

suite('keras/safety/code', {
  async 'code is refused with the layer’s name and what to do'() {
    const lambda = layer('Lambda', 'mine', 'x', {
      function: { class_name: '__lambda__', config: { code: '4wEA' } },
    });
    await refuses(keras(model([lambda], 'mine')), /layer "mine" is a Lambda: Python code.*registerLayer/);
    const own = { ...layer('Scale', 'odd', 'x'), module: 'mine', registered_name: 'package>Scale' };
    await refuses(keras(model([own], 'odd')), /layer "odd" is a Scale.*registerLayer\('Scale'/);
    await refuses(
      keras({ class_name: 'MyNet', config: {} }),
      /subclassed model: class MyNet, which is Python code/,
    );
    const act = layer('Activation', 'a', 'x', {
      activation: { class_name: 'function', config: 'evil', registered_name: 'p>evil' },
    });
    await refuses(keras(model([act], 'a')), /layer "a" has the activation "evil"/);
  },

  'loading and refusing work without permission to write files or start programs'() {
    const files = ['functional.keras', 'keras2.h5', 'hostile_external_numbers.h5', 'hostile_bomb.h5'];
    const script = `
      const { loadModel } = require('./dist/src/keras/load');
      const { writeFileSync } = require('node:fs');
      (async () => {
        const told = [];
        for (const file of ${JSON.stringify(files)})
          told.push(await loadModel('test/fixtures/keras/' + file).then(() => 'loaded', ({ name }) => name));
        try { writeFileSync('out/written', ''); told.push('written'); } catch ({ code }) { told.push(code); }
        console.log(told.join());
      })();`;
    const named = process.allowedNodeEnvironmentFlags.has('--permission');
    const permissions = [
      named ? '--permission' : '--experimental-permission',
      '--allow-fs-read=*',
      '--allow-worker',
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [...permissions, '-e', script], {
      env: { ...process.env, CONVLENS_BACKEND: 'wasm', NODE_OPTIONS: '' },
      encoding: 'utf8',
    });
    assert.is(stdout.trim(), 'loaded,loaded,ModelError,ModelError,ERR_ACCESS_DENIED', stderr);
  },
});
