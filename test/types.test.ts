import { join } from 'node:path';
import type * as typescript from 'typescript';
import * as assert from 'uvu/assert';
import { suite } from './suite';

const ROOT = join(__dirname, '..', '..');

/** What a notebook's cells write; `wrong` lines must be errors, or the types say nothing. */
const CELLS = `
import { displayGrid, explore, grid, loadImage, loadModel, matshow, predict, registerLayer, show, summary, toTensor } from 'convlens';
import type { Activation, Layer, Model, Picture, Tensor } from 'convlens';
export async function cells(): Promise<void> {
  const img: Picture = await loadImage('cat.jpg', { targetSize: [150, 150] });
  show(img);
  const tensor: Tensor = toTensor(img);
  const model: Model = await loadModel('dogcat_v1.h5', { maxBytes: 1e9 });
  summary(model);
  const layers: Layer[] = model.layers.slice(0, 5);
  const activations: Activation[] = await predict(model, tensor, { layers });
  const shape: readonly number[] = activations[0]!.shape;
  matshow(activations[0]!, { channel: shape.length, cmap: 'viridis' });
  for (const activation of activations) grid(activation, { imagesPerRow: 16 });
  displayGrid(activations[0]!);
  explore(activations);
  registerLayer('Scale', class { constructor(config: { factor: number }) { config.factor.toFixed(); } });
}
`;
const WRONG = `
import { loadImage, matshow, predict } from 'convlens';
loadImage(5);
matshow('conv2d_1');
predict({}, []);
`;

/** Compiles with the compiler that tslab has, as tslab sets it up, and returns what it says. */
function diagnose(text: string): string[] {
  const ts = require('@tslab/typescript-for-tslab') as typeof typescript;
  assert.match(ts.version, /^5\.0\./);
  const file = join(ROOT, 'consumer.ts');
  const options: typescript.CompilerOptions = {
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    target: ts.ScriptTarget.ES2020,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    esModuleInterop: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  // Only ours: what other packages' declarations hold is not read by tslab either (skipLibCheck).
  const sources = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === file || /\/dist\/(src|renderers)\//.test(fileName));
  assert.ok(sources.length > 5, 'the declarations of convlens are found');
  return sources
    .flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(
      ({ file: where, messageText }) =>
        `${where?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

suite('types', {
  'the declarations compile with TypeScript 5.0 and node10 resolution, as in tslab'() {
    assert.equal(diagnose(CELLS), []);
  },
  'the declarations refuse wrong calls'() {
    assert.is(diagnose(WRONG).length, 3);
  },
});
