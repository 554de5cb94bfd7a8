import type { Message } from '../jupyter/wire';

/** A question of a cell to the person at the notebook. */
export interface Question {
  /** The engine's number of it. */
  input: number;
  prompt: string;
  password: boolean;
}

interface Asked extends Question {
  cell: string;
}

/**
 * Questions that wait for an answer. A front end shows one field at a time, and some answer without saying which
 * question they mean; so the next one is asked when the one before has its answer.
 */
export class Inputs {
  private readonly waiting: Asked[] = [];
  /** The message by which the first one was asked. */
  private sent: string | undefined;

  /** @param send asks the front end. @returns the id of the message */
  constructor(private readonly send: (cell: string, question: Question) => string) {}

  ask(cell: string, question: Question): void {
    this.waiting.push({ ...question, cell });
    if (this.waiting.length === 1) this.askNext();
  }

  /** @returns the engine's number of the question that a reply answers; nothing for an answer that is too late */
  answered({ parent }: Message): number | undefined {
    const about = (parent as { msg_id?: string; msg_type?: string }) ?? {};
    if (about.msg_type === 'input_request' && about.msg_id !== this.sent) return undefined;
    const first = this.waiting.shift();
    this.askNext();
    return first?.input;
  }

  /** Forgets all questions. @returns the engine's numbers of them */
  clear(): number[] {
    this.sent = undefined;
    return this.waiting.splice(0).map(({ input }) => input);
  }

  private askNext() {
    const [next] = this.waiting;
    this.sent = next && this.send(next.cell, next);
  }
}
