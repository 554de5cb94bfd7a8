import { signatureOf } from './wire';

const KEPT = 100_000;

/** Signatures of messages that arrived: who has recorded one could send it again. */
export class Replays {
  private readonly signatures = new Set<string>();

  /** Whether a signed message has not come before. */
  isNew(frames: Buffer[]): boolean {
    const signature = signatureOf(frames);
    // Without a key nothing is signed.
    if (!signature) return true;
    if (this.signatures.has(signature)) return false;
    this.signatures.add(signature);
    if (this.signatures.size > KEPT) this.signatures.delete(this.signatures.values().next().value!);
    return true;
  }
}
