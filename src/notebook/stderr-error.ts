import { type ErrorOutput, linesOf, type Output, textOf } from './nbformat';

/**
 * The error output of a failed cell whose kernel only wrote text to stderr (stock tslab sends neither an
 * `error` message nor a name): the last error in that text moves out of the stream into an output of
 * its own.
 *
 * @param outputs the cell's outputs, changed in place
 */
export function errorFromStderr(outputs: Output[]): ErrorOutput {
  const at = outputs.findLastIndex((output) => output.output_type === 'stream' && output.name === 'stderr');
  const stream = outputs[at];
  if (stream?.output_type !== 'stream') {
    const error: ErrorOutput = {
      output_type: 'error',
      ename: 'Error',
      evalue: 'the kernel says that the cell failed, and not why',
      traceback: [],
    };
    outputs.push(error);
    return error;
  }
  const { before, error } = splitError(textOf(stream.text));
  if (before) stream.text = linesOf(before);
  else outputs.splice(at, 1);
  outputs.push(error);
  return error;
}

// What TypeScript's checker says through tslab: "1:7 - Type 'string' is not assignable to type 'number'."
const DIAGNOSTIC = /^(?:\S+\.tsx? )?\d+:\d+ - (.*)$/;
// How Node prints a thrown Error: "RangeError [CODE]: message", "Error: message"
const THROWN = /^(?:Uncaught )?([A-Z]\w*(?:Error|Exception|Warning)?|Error)(?: \[\w+\])?(?:: (.*))?$/;

function splitError(text: string): { before: string; error: ErrorOutput } {
  const lines = text.replace(/\n$/, '').split('\n');
  let start = lines.findLastIndex((line) => DIAGNOSTIC.test(line));
  if (start >= 0) {
    while (start > 0 && DIAGNOSTIC.test(lines[start - 1]!)) start--;
    const evalue = DIAGNOSTIC.exec(lines[start]!)?.[1] ?? lines[start];
    return part(lines, start, 'TypeScriptError', evalue!);
  }
  const frame = lines.findIndex((line) => /^ {4}at /.test(line));
  const candidates = frame < 0 ? lines : lines.slice(0, frame);
  start = candidates.findLastIndex((line) => THROWN.test(line) && /(Error|Exception)\b/.test(line));
  if (start >= 0) {
    const [, ename, first = ''] = THROWN.exec(lines[start]!)!;
    const rest = frame < 0 ? [] : lines.slice(start + 1, frame);
    return part(lines, start, ename!, [first, ...rest].join('\n'));
  }
  // Something other than an Error was thrown: its text is all that is known.
  return part(lines, 0, 'Error', lines[0]!);
}

function part(lines: string[], start: number, ename: string, evalue: string) {
  const before = lines.slice(0, start).join('\n');
  const traceback = lines.slice(start);
  // The rest is tslab's own stack, with paths of this machine.
  const engine = traceback.findIndex((line) => /^ {4}at .*(\(node:vm:|sigintHandlersWrap)/.test(line));
  if (engine > 0) traceback.length = engine;
  return {
    before: before && `${before}\n`,
    error: { output_type: 'error' as const, ename, evalue, traceback },
  };
}
