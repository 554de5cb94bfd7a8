/** What the page carries: compressed bytes as base64, each in a script element of a type that is not run. */

interface WithBase64 {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const quick = (Uint8Array as WithBase64).fromBase64;
  if (quick) return quick.call(Uint8Array, text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

const textOf = (id: string) => document.getElementById(id)?.textContent?.trim() ?? '';

/** The unpacked bytes of a section. The element is emptied, since its text is not needed again. */
export async function sectionBytes(id: string, keep = false): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytesOf(textOf(id))]).stream().pipeThrough(new DecompressionStream('gzip'));
  if (!keep) document.getElementById(id)?.remove();
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A section of JSON. */
export const sectionJson = (id: string): unknown => JSON.parse(textOf(id));

/** The unpacked text of a section. */
export const sectionText = async (id: string, keep = false): Promise<string> =>
  new TextDecoder().decode(await sectionBytes(id, keep));
