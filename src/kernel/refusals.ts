import type { Content, Message } from '../jupyter/wire';

/** The answer to a request for what this kernel does not have; nothing for other messages. */
export function refusalOf({ header, content }: Message): Content | undefined {
  switch (header.msg_type) {
    case 'debug_request': {
      const { command, seq } = content;
      const message = 'this kernel has no debugger';
      return { type: 'response', success: false, message, command, request_seq: seq, seq: 0 };
    }
    case 'create_subshell_request':
    case 'delete_subshell_request':
    case 'list_subshell_request': {
      const evalue = 'Cannot make a subshell: this kernel runs one cell at a time.';
      return { status: 'error', ename: 'KernelError', evalue, traceback: [] };
    }
    default:
      return undefined;
  }
}
