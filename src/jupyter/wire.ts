import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isObject } from '../checks/is-object';

/** The header of a Jupyter message. */
export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export type Content = Record<string, unknown>;

/** One Jupyter message; `identities` are the routing frames before it. */
export interface Message {
  identities: Buffer[];
  header: Header;
  parent: Header | Record<string, never>;
  metadata: Content;
  content: Content;
  buffers: Buffer[];
}

/** An output in its forms, by MIME type. */
export interface MimeBundle {
  data: Content;
  metadata: Content;
}

/** What an `error` message holds. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

const DELIMITER = Buffer.from('<IDS|MSG>');
export const PROTOCOL_VERSION = '5.5';

export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomBytes(16).toString('hex'),
    msg_type: type,
    session,
    username: 'convlens',
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
}

/** The frames of a message, signed with the connection's key (an empty key leaves it unsigned). */
export function encode(message: Message, key: string): Buffer[] {
  const { header, parent, metadata, content } = message;
  const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...message.identities, DELIMITER, Buffer.from(sign(parts, key)), ...parts, ...message.buffers];
}

/**
 * The message in a socket's frames, or nothing when it is malformed or its signature is wrong:
 * whoever can reach the port but does not know the key gets no answer, not even an error.
 */
export function decode(frames: Buffer[], key: string): Message | undefined {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0 || frames.length < at + 6) return undefined;
  const parts = frames.slice(at + 2, at + 6);
  const expected = Buffer.from(sign(parts, key));
  const signature = frames[at + 1];
  if (signature!.length !== expected.length || !timingSafeEqual(signature!, expected)) return undefined;
  try {
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString('utf8')));
    if (typeof header?.msg_type !== 'string' || typeof header.msg_id !== 'string') return undefined;
    if (!isObject(content)) return undefined;
    return {
      identities: frames.slice(0, at),
      header,
      parent: isObject(parent) ? (parent as unknown as Header) : {},
      metadata: isObject(metadata) ? metadata : {},
      content,
      buffers: frames.slice(at + 6),
    };
  } catch {
    return undefined;
  }
}

/** The signature of a message's frames, by which one that is sent again is known. */
export function signatureOf(frames: Buffer[]): string {
  return String(frames[frames.findIndex((frame) => frame.equals(DELIMITER)) + 1]);
}

function sign(parts: Buffer[], key: string): string {
  if (!key) return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}
