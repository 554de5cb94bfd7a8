import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../src/notebook/client';
import { suite } from '../suite';

suite("a kernel's client", {
  'a kernel that answers more slowly than it is asked again is ready with its first answer': async () => {
    const argv = [process.execPath, join(__dirname, 'slow-kernel.js'), '{connection_file}'];
    const spec = { name: 'slow', argv, interruptMode: 'message' as const };
    const kernel = await KernelClient.start(spec, { cwd: __dirname, startTimeout: 120 });
    try {
      assert.is(kernel.info['implementation'], 'slow');
    } finally {
      await kernel.shutdown();
    }
  },
});
