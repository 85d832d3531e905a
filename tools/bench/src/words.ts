import type { DescribedCommand } from '@voltbus/process';
import type { FramesWish } from './frames';

export const USAGE = 'npm run bench -- frames [--stations 1..500] [--messages 2..200, each, in a round] [--pairs 1..50]';

const DEFAULTS: FramesWish = { stations: 100, messages: 150, pairs: 10 };
/** A bench that hangs up a machine is none; and of one connection no more than 500 frames are copied at once. */
const BOUNDS: Readonly<Record<keyof FramesWish, readonly [number, number]>> = { stations: [1, 500], messages: [2, 200], pairs: [1, 50] };

/** What the words ask for; a text is what is wrong with them. */
export function readWords(words: readonly string[]): FramesWish | string {
  const [what, ...rest] = words;
  if (what !== 'frames') return `what is to be measured? ${USAGE}`;
  const wish = { ...DEFAULTS };
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at]?.replace(/^--/, '') ?? '';
    if (!isOption(name)) return `${rest[at]} is no option: ${USAGE}`;
    const value = Number(rest[at + 1]);
    const [least, most] = BOUNDS[name];
    if (!Number.isInteger(value) || value < least || value > most) return `--${name} is a whole number from ${least} to ${most}`;
    wish[name] = value;
  }
  return wish;
}

const count = (name: keyof FramesWish, says: string) =>
  ({ type: 'string', default: String(DEFAULTS[name]), value: 'N', says: `${says}, ${BOUNDS[name].join(' to ')}` }) as const;

export const BENCH: DescribedCommand = {
  usage: ['npm run bench -- frames [options]'],
  about: 'How much processor time a gateway needs for a message and its answer, with copies for the message log and without.',
  options: {
    stations: count('stations', 'how many talk at once'),
    messages: count('messages', 'of each station in a round'),
    pairs: count('pairs', 'of rounds, with and without'),
  },
};

function isOption(name: string): name is keyof FramesWish {
  return Object.hasOwn(BOUNDS, name);
}
