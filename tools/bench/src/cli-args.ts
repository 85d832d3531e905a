import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import type { FramesOptions } from './frames';
import type { MembersOptions } from './members';
import { MEASURABLE, type SystemOptions } from './system/measure-system';

const USAGE = [
  'npm run bench -- [system] [--quick] [--only NAME,...] [--json FILE] [--profile DIR] [--record]',
  'npm run bench -- frames [--stations 1..500] [--messages 2..200, each, in a round] [--pairs 1..50]',
  'npm run bench -- members [--subscriptions 1..20] [--keys 1..500] [--rounds 1..20]',
].join('\n');

type Measurement =
  { what: 'system'; options: SystemOptions } | { what: 'frames'; options: FramesOptions } | { what: 'members'; options: MembersOptions };

type Option = readonly [usual: number, least: number, most: number];

/** The bounds keep the machine responsive; of one connection no more than 500 frames are copied at once. */
const FRAMES: Readonly<Record<keyof FramesOptions, Option>> = { stations: [100, 1, 500], messages: [150, 2, 200], pairs: [10, 1, 50] };
const MEMBERS: Readonly<Record<keyof MembersOptions, Option>> = { subscriptions: [7, 1, 20], keys: [48, 1, 500], rounds: [1, 1, 20] };

const SYSTEM = {
  quick: { type: 'boolean', default: false, description: 'system: fewer stations and seconds, under three minutes in all' },
  only: { type: 'string', value: 'NAME,...', description: `system: of ${MEASURABLE.join(', ')} (default: all)` },
  json: { type: 'string', value: 'FILE', description: 'system: a file to which each result is added as a line' },
  profile: {
    type: 'string',
    value: 'DIR',
    description: 'system: a folder for processor profiles of each measurement, and for counts of statements and requests to Kafka',
  },
  record: {
    type: 'boolean',
    default: false,
    description: 'system: the results become those of docs/reference/performance.md; workloads that were not measured keep theirs',
  },
} as const;

/** Reads the command line; returns an error message where it cannot be understood. */
export function readArgs(given: readonly string[]): Measurement | string {
  const [what, ...args] = given[0] === undefined || given[0].startsWith('--') ? ['system', ...given] : given;
  if (what === 'system') return systemArgs(args);
  if (what === 'frames') return parsed(args, FRAMES, (values) => ({ what, options: values }));
  if (what === 'members') return parsed(args, MEMBERS, (values) => ({ what, options: values }));
  return `what is to be measured? ${USAGE}`;
}

function systemArgs(args: readonly string[]): Measurement | string {
  try {
    const { quick, only, json, profile, record } = parseArgs({ args: [...args], options: SYSTEM }).values;
    const workloads = only === undefined ? MEASURABLE : only.split(',');
    const unknown = workloads.find((name) => !MEASURABLE.includes(name));
    if (profile !== undefined && record) return '--profile makes the processes slower: its results are not for --record';
    if (unknown !== undefined) return `--only ${unknown} is none of ${MEASURABLE.join(', ')}`;
    return { what: 'system', options: { quick, workloads, json, profile, record } };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}: ${USAGE}`;
  }
}

function parsed<Name extends string>(
  args: readonly string[],
  options: Readonly<Record<Name, Option>>,
  asMeasurement: (values: Record<Name, number>) => Measurement,
): Measurement | string {
  const values = new Map<string, number>(Object.entries<Option>(options).map(([name, [usual]]) => [name, usual]));
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, '') ?? '';
    if (!values.has(name)) return `${args[at]} is no option: ${USAGE}`;
    const value = Number(args[at + 1]);
    const [, least, most] = options[name as Name]; // looked up above
    if (!Number.isInteger(value) || value < least || value > most) return `--${name} is a whole number from ${least} to ${most}`;
    values.set(name, value);
  }
  return asMeasurement(Object.fromEntries(values) as Record<Name, number>); // every option is there: it began with all of them
}

/** Describes the options for `--help`. */
const described = (options: Readonly<Record<string, Option>>, descriptions: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, [usual, least, most]]) => [
      name,
      { type: 'string', default: String(usual), value: 'N', description: `${descriptions[name] ?? ''}, ${least} to ${most}` } as const,
    ]),
  );

export const BENCH: DescribedCommand = {
  usage: ['npm run bench -- [system] [options]', 'npm run bench -- frames [options]', 'npm run bench -- members [options]'],
  about: `system (the default): what the whole system costs on real Kafka, Redis and Postgres: processor time of each process for a
reading, session, boot and command, latencies, and beside them what the bare parts cost. A number counts only when all rows are stored.
frames: how much processor time a gateway needs for a message and its answer, with copies for the message log and without.
members: how long stations wait while processes of a service come and go.`,
  options: {
    ...SYSTEM,
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
