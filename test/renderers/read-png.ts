import { PNG } from 'pngjs';
import '../../renderers/node';

/** Reads a PNG with pngjs, which shares no code with ours. */
export const readPng = (bytes: Uint8Array): PNG => PNG.sync.read(Buffer.from(bytes));
