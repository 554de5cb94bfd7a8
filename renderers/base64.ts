const DIGITS = Uint8Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (digit) =>
  digit.charCodeAt(0),
);
const PADDING = 61;

/** Bytes in base64 (RFC 4648), in Node and in browsers; `btoa`, which takes text, is slower by far. */
export function base64(bytes: Uint8Array): string {
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    // Beyond the end there are zeros.
    const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text[to++] = DIGITS[three >> 18]!;
    text[to++] = DIGITS[(three >> 12) & 63]!;
    text[to++] = DIGITS[(three >> 6) & 63]!;
    text[to++] = DIGITS[three & 63]!;
  }
  const left = bytes.length % 3;
  if (left) text.fill(PADDING, text.length - 3 + left);
  return new TextDecoder().decode(text);
}
