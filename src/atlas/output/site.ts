import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cspHash, escapeHtml, inScript, jsonInScript, strictDocument } from '../../../renderers/page';
import { AtlasError } from '../../errors';
import { makeFolder, writeWhole } from '../../files/whole-file';
import type { Atlas } from '../../maps/atlas';
import { encodePicture, endingFor } from '../../pictures/encode';
import { inParts } from '../../progress';
import type { ReadPicture } from '../read-batches';
import { channelsScript, layerScript, namesScript, siteHead } from './site-data';
import { SITE_STYLE } from './site-style';

/** Pictures that are encoded at once. */
const AT_ONCE = 8;

/**
 * Writes a site to look through an atlas: index.html, its data, and the pictures that channels respond to most. It needs no
 * server and no network, and runs no scripts but its own.
 *
 * @param read reads a picture at the atlas's size
 * @throws {AtlasError} when the folder cannot be written to
 */
export async function writeSite(atlas: Atlas, folder: string, read: ReadPicture): Promise<void> {
  const write = (name: string, content: string | Uint8Array) => {
    makeFolder(join(folder, name), AtlasError);
    writeWhole(join(folder, name), content, AtlasError);
  };
  const [height, width] = atlas.size;
  const ending = endingFor(height, width);
  const used = usedPictures(atlas);
  const batches = Math.ceil(used.length / AT_ONCE);
  await inParts('atlas, writing', batches + atlas.layers.length, async (part) => {
    if (part >= batches) {
      const layer = part - batches;
      write(`data/${layer}.js`, layerScript(atlas, layer));
      return;
    }
    const some = used.slice(part * AT_ONCE, (part + 1) * AT_ONCE);
    const encoded = await Promise.all(some.map(async (index) => encodePicture(await read(index))));
    for (const [i, index] of some.entries()) write(`pictures/${index}.${ending}`, encoded[i]!);
  });
  write('data/channels.js', channelsScript(atlas));
  write('data/names.js', namesScript(atlas));
  write('index.html', page(atlas, ending));
}

/** The pictures that any channel lists. */
export function usedPictures(atlas: Atlas): number[] {
  const used = new Set<number>();
  for (const { topPictures } of atlas.layers) {
    for (const picture of topPictures) if (picture >= 0) used.add(picture);
  }
  return [...used].sort((a, b) => a - b);
}

function page(atlas: Atlas, ending: string): string {
  const script = inScript(readFileSync(join(__dirname, '..', '..', '..', 'live', 'atlas.js'), 'utf8'));
  return strictDocument({
    title: `${escapeHtml(atlas.model)} · atlas`,
    style: SITE_STYLE,
    body: `<script type="application/json" id="head">${jsonInScript(siteHead(atlas, ending))}</script>
<div id="app"><noscript>This page needs JavaScript, and nothing else: no server and no network.</noscript></div>`,
    scripts: [script],
    sources: { img: "'self'", style: cspHash(SITE_STYLE), script: `'self' ${cspHash(script)}` },
  });
}
