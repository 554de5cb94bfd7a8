import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { atlas, atlasRows, loadModel } from '../../src/index';
import { expected } from '../atlas/expected';
import { suite } from '../suite';

suite('tables of an atlas', {
  async 'pandas and DuckDB read what is in them'() {
    const out = mkdtempSync(join(tmpdir(), 'convlens-'));
    const model = await loadModel('notebooks/detectors.keras');
    const a = await atlas(model, 'notebooks/drawn.npz', {
      layers: Object.keys(expected.layers),
      stopAfter: 300,
      out,
    });
    model.dispose();
    const python = join(process.env['CONVLENS_TABLES']!, 'python');
    const { stdout, stderr, status } = spawnSync(python, ['test/jupyter/read_tables.py', out], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    const read = JSON.parse(stdout);
    const rows = atlasRows(a);
    assert.equal(read.pandas.columns.slice(0, 5), ['layer', 'channel', 'mean', 'std', 'min']);
    assert.equal(
      read.pandas.means,
      rows.map(({ mean }) => mean),
    );
    assert.equal(
      read.duckdb.maxima,
      rows.map(({ max }) => max),
    );
    assert.equal(read.duckdb.dead, rows.filter(({ dead }) => dead).length);
    assert.equal(read.duckdb.first, [...a.layers[0]!.topValues.subarray(0, 9)]);
    assert.equal(read.json.model, 'detectors');
    rmSync(out, { recursive: true });
  },
});
