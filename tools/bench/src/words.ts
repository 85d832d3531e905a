import type { DescribedCommand } from '@voltbus/runtime';
import type { FramesWish } from './frames';
import type { MembersWish } from './members';

export const USAGE = [
  'npm run bench -- frames [--stations 1..500] [--messages 2..200, each, in a round] [--pairs 1..50]',
  'npm run bench -- members [--subscriptions 1..20] [--keys 1..500] [--rounds 1..20]',
].join('\n');

export type Wish = { what: 'frames'; wish: FramesWish } | { what: 'members'; wish: MembersWish };

type Option = readonly [usual: number, least: number, most: number];

/** A bench that hangs up a machine is none; and of one connection no more than 500 frames are copied at once. */
const FRAMES: Readonly<Record<keyof FramesWish, Option>> = { stations: [100, 1, 500], messages: [150, 2, 200], pairs: [10, 1, 50] };
const MEMBERS: Readonly<Record<keyof MembersWish, Option>> = { subscriptions: [7, 1, 20], keys: [48, 1, 500], rounds: [1, 1, 20] };

/** What the words ask for; a text is what is wrong with them. */
export function readWords([what, ...words]: readonly string[]): Wish | string {
  if (what === 'frames') return wished(words, FRAMES, (wish) => ({ what, wish }));
  if (what === 'members') return wished(words, MEMBERS, (wish) => ({ what, wish }));
  return `what is to be measured? ${USAGE}`;
}

function wished<Name extends string>(
  words: readonly string[],
  options: Readonly<Record<Name, Option>>,
  asWish: (wish: Record<Name, number>) => Wish,
): Wish | string {
  const values = new Map<string, number>(Object.entries<Option>(options).map(([name, [usual]]) => [name, usual]));
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]?.replace(/^--/, '') ?? '';
    if (!values.has(name)) return `${words[at]} is no option: ${USAGE}`;
    const value = Number(words[at + 1]);
    const [, least, most] = options[name as Name]; // looked up above
    if (!Number.isInteger(value) || value < least || value > most) return `--${name} is a whole number from ${least} to ${most}`;
    values.set(name, value);
  }
  return asWish(Object.fromEntries(values) as Record<Name, number>); // every option is there: it began with all of them
}

/** For `--help`. */
const described = (options: Readonly<Record<string, Option>>, says: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, [usual, least, most]]) => [
      name,
      { type: 'string', default: String(usual), value: 'N', says: `${says[name] ?? ''}, ${least} to ${most}` } as const,
    ]),
  );

export const BENCH: DescribedCommand = {
  usage: ['npm run bench -- frames [options]', 'npm run bench -- members [options]'],
  about: `frames: how much processor time a gateway needs for a message and its answer, with copies for the message log and without.
members: how long stations wait while processes of a service come and go.`,
  options: {
    ...described(FRAMES, {
      stations: 'frames: how many talk at once',
      messages: 'frames: of each station in a round',
      pairs: 'frames: of rounds, with and without',
    }),
    ...described(MEMBERS, {
      subscriptions: 'members: of each process',
      keys: 'members: stations that talk',
      rounds: 'members: how often each event is measured',
    }),
  },
};
