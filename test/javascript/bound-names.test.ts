import { parseSync } from '@swc/core';
import * as assert from 'uvu/assert';
import { boundNames } from '../../src/javascript/bound-names';
import { parseProgram } from '../../src/javascript/parse-program';
import { suite } from '../suite';

const PATTERNS: [pattern: string, names: string[]][] = [
  ['a', ['a']],
  ['[a, , [b], ...c]', ['a', 'b', 'c']],
  ['[a = 1, [b] = [2]]', ['a', 'b']],
  ['{ a, b = 1, c: d, e: { f }, ...g }', ['a', 'b', 'd', 'f', 'g']],
  ['{ a: b = 1, c: [d] = [2], ["e" + 1]: f }', ['b', 'd', 'f']],
  ['{}', []],
];

suite('names that a pattern binds', {
  "they are the same in acorn's tree and in swc's": () => {
    for (const [pattern, names] of PATTERNS) {
      const code = `const ${pattern} = x;`;
      assert.equal([...boundNames(parseProgram(code)['body'][0].declarations[0].id)], names, code);
      const [statement] = parseSync(code, { syntax: 'typescript' }).body;
      const { declarations } = statement as unknown as { declarations: { id: object }[] };
      assert.equal([...boundNames(declarations[0]!.id)], names, code);
    }
  },
});
