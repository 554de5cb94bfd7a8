/** Bytes converted per call: a function accepts about 100,000 arguments at most. */
const PIECE = 1 << 15;

/** Bytes in base64 (RFC 4648), in Node and in browsers. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
