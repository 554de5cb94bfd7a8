import { checkKinds } from '../../checks/check-kinds';
import { PictureError } from '../../errors';
import * as everywhere from '../../everywhere';
import { answerOf } from '../../keras/run/answer';
import { labelsOf, parseLabels } from '../../keras/run/labels';
import { type LoadImageOptions, loadWith } from '../../pictures/load-with';
import { resize } from '../../pictures/resample';
import * as shown from '../../shown';
import { decodePicture } from './decode-picture';
import type { Files } from './files';
import { onlyInNode } from './only-in-node';

/** The module `convlens` of a page: what needs no Node, with files from the page. */
export function convlensFor(files: Files): object {
  const own: Record<string, unknown> = {
    ...everywhere,
    ...shown,
    resize,
    loadImage: (source: string | URL | Uint8Array, options: LoadImageOptions = {}) =>
      loadWith(source, options, {
        read: async (path) => files.bytes(String(path)),
        decode: decodePicture,
      }),
    loadModel: (source: string) => files.model(String(source)),
    async predictions(model: never, input: never, options: Record<string, unknown> = {}) {
      const kinds = { labels: 'any', top: 'number', sample: 'number', output: 'any' } as const;
      checkKinds('say what the model predicts', options, kinds);
      const { labels, top = 5, sample = 0, output } = options as Record<string, unknown>;
      const names =
        typeof labels === 'string'
          ? parseLabels(new TextDecoder().decode(files.bytes(labels, PictureError)))
          : labels === undefined
            ? undefined
            : labelsOf(labels);
      return answerOf(model, input, { labels: names, top, sample, output } as never);
    },
  };
  // Another name is one that needs Node; a module that is awaited is asked for `then`.
  return new Proxy(own, {
    get: (_, name) =>
      typeof name !== 'string' || name === 'then' || Object.hasOwn(own, name)
        ? own[name as string]
        : needsNode(name),
  });
}

function needsNode(name: string): () => never {
  return () => {
    throw onlyInNode(name);
  };
}
