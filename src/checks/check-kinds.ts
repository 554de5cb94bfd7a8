import { checkOptions } from './check-options';
import { valueName } from './value-name';

/** What an option may be; `any` is checked by whoever uses it. */
export type Kind = 'any' | 'number' | 'string' | 'boolean' | 'list' | 'size' | 'picture' | 'scale';

const WORDS: Record<Kind, [fits: (value: unknown) => boolean, want: string]> = {
  any: [() => true, ''],
  number: [(value) => typeof value === 'number', 'Give a number.'],
  string: [(value) => typeof value === 'string', 'Give a text.'],
  boolean: [(value) => typeof value === 'boolean', 'Give true or false.'],
  list: [Array.isArray, 'Give an array.'],
  size: [Array.isArray, 'Give [height, width] in pixels, such as [150, 150].'],
  picture: [
    (value) => (value as { data?: unknown } | null)?.data instanceof Uint8Array,
    'Give what loadImage returns, after await.',
  ],
  scale: [
    (value) => typeof value === 'string' || Array.isArray(value),
    "Give a name such as 'minmax', or [low, high].",
  ],
};

/**
 * Refuses options with an unknown name or a value of another kind, as plain JavaScript lets them pass.
 *
 * @param what the call that fails, as an error says it: `draw the map`
 * @param kinds the names of all options, and what each is
 * @throws {TypeError} for an unknown name or a value of another kind
 */
export function checkKinds(what: string, options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  checkOptions(what, options, Object.keys(kinds));
  for (const [name, value] of Object.entries(options ?? {})) {
    const [fits, want] = WORDS[kinds[name]!];
    if (value !== undefined && !fits(value)) {
      throw new TypeError(`Cannot ${what}: ${name} is ${valueName(value)}. ${want}`);
    }
  }
}
