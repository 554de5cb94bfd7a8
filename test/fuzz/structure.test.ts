import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../suite';
import { edited, editField } from './edit';
import { structureOf, sum } from './hdf5';
import { editedJson } from './json';
import { damagedPng } from './pictures';
import { guardHeap } from './zones';

const file = (name: string) => readFileSync(`test/fixtures/${name}`);

suite('fuzz: structures', {
  "HDF5's checksums are found, and computing them again gives the same values": () => {
    const latest = file('keras/stored_latest.h5');
    const { fields, sums } = structureOf(latest);
    assert.ok(fields.length > 300, `${fields.length} fields`);
    assert.ok(sums.length > 25, `${sums.length} sums`);
    const again = Buffer.from(latest);
    for (const { to } of sums) again.fill(0, to, to + 4);
    assert.not.ok(again.equals(latest));
    sum(again, sums);
    assert.ok(again.equals(latest));
  },
  'the fields of a file in an older format are found: headers, heaps, trees and attributes': () => {
    const older = file('keras/functional.h5');
    const { fields, sums } = structureOf(older);
    assert.equal(sums, []);
    // A seventh of 36 kB is structure; the superblock, 16 trees and heaps, 11 tables alone have 500 fields.
    assert.ok(fields.length > 1500, `${fields.length} fields`);
    assert.ok(fields.every(({ at, size }) => at + size <= older.length));
  },
  'the same edits give the same bytes; a PNG without edits is unchanged': () => {
    const png = file('pictures/rgba.png');
    assert.ok(damagedPng([png], { base: 0, edits: [] }).equals(png));
    const edits = [{ op: 11, at: 99, value: 3 }];
    assert.ok(edited(png, edits).equals(edited(png, edits)));
    const bytes = Buffer.from([1, 0, 2, 0]);
    editField(bytes, [{ at: 2, size: 2, bigEndian: true }], { op: 1, at: 0, value: 9 });
    assert.equal([...bytes], [1, 0, 2, 1]);
    assert.is(editedJson('{"a":[1,{"b":2}]}', [{ op: 10, at: 1, value: 0 }]), '{"a":[{"b":2}]}');
  },
  'a byte written past the end of a tensor is noticed, also after the tensor is freed': () => {
    // A heap that never gives a place twice stands in for wasm's: no kernel is left that errs.
    const places = [256, 1024];
    const heap = {
      HEAPU8: new Uint8Array(2048),
      _malloc: (_: number) => places.shift()!,
      _free: (_: number) => {},
    };
    const overrun = guardHeap(heap);
    const [first, second] = [heap._malloc(8), heap._malloc(100)] as [number, number];
    heap.HEAPU8.fill(1, first, first + 8).fill(1, second, second + 100);
    assert.is(overrun(), undefined);
    heap.HEAPU8[first - 1] = 1;
    assert.is(overrun(), 'a kernel wrote before the 8 bytes of a tensor');
    heap.HEAPU8[second + 100] = 1;
    heap._free(second);
    assert.is(overrun(), 'a kernel wrote behind the 100 bytes of a tensor');
  },
});
