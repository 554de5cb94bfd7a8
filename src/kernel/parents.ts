import type { Message } from '../jupyter/wire';

/** The part of a request that later output and questions need. */
export type Parent = Pick<Message, 'header' | 'identities' | 'content'>;

const KEPT = 5000;

/** The requests of a session, by id: a timer may print long after its cell. */
export class Parents {
  private readonly parents = new Map<string, Parent>();

  remember({ header, identities, content: { allow_stdin } }: Message): void {
    this.parents.set(header.msg_id, { header, identities, content: { allow_stdin } });
    if (this.parents.size > KEPT) this.parents.delete(this.parents.keys().next().value!);
  }

  get(id: string): Parent | undefined {
    return this.parents.get(id);
  }
}
