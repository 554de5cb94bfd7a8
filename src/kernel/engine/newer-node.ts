/** Errors about names that TypeScript knows and Node 20 lacks, and the first Node that has them, by V8's release notes. */
const SINCE: [message: RegExp, node: number][] = [
  [/\b(Object|Map)\.groupBy is not a function/, 21],
  [/\b(Promise\.withResolvers|Array\.fromAsync) is not a function/, 22],
  [
    /\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom) is not a function/,
    22,
  ],
  [
    /\b(entries|keys|values|matchAll|Iterator)\([^()]*\)\.(map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find) is not a function/,
    22,
  ],
  [/^(Iterator|WebSocket) is not defined/, 22],
  [/^navigator is not defined/, 21],
  [/\bPromise\.try is not a function/, 23],
  [/\b(RegExp\.escape|Error\.isError|Math\.f16round) is not a function/, 24],
  [/^(DisposableStack|AsyncDisposableStack|SuppressedError|Float16Array) is not defined/, 24],
  [/\bIntl\.DurationFormat is not a constructor/, 23],
  [
    /\bUint8Array\.from(Hex|Base64) is not a function|\.(toHex|toBase64|setFromHex|setFromBase64) is not a function/,
    25,
  ],
];

/**
 * The end of the message of an error about a name that TypeScript knows, and this Node does not.
 *
 * @param version of Node
 * @returns what follows the message; nothing for all other errors
 */
export function newerNode(message: string, version: string = process.versions.node): string {
  const major = Number.parseInt(version, 10);
  const since = SINCE.find(([pattern]) => pattern.test(message))?.[1];
  return since && since > major ? `. This is Node ${version}; Node ${since} has it.` : '';
}
