import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import type { FleetOptions } from './fleet/measure-fleet';
import type { FramesOptions } from './frames';
import type { MembersOptions } from './members';
import { MEASURABLE, type SystemOptions } from './system/measure-system';

const USAGE = [
  'npm run bench -- [system] [--quick] [--only NAME,...] [--json FILE] [--profile DIR] [--record]',
  'npm run bench -- fleet [--stations 100..15000] [--queries] [--record]',
  'npm run bench -- frames [--stations 1..500] [--messages 2..200, each, in a round] [--pairs 1..50]',
  'npm run bench -- members [--subscriptions 1..20] [--keys 1..500] [--rounds 1..20]',
].join('\n');

type Measurement =
  | { what: 'system'; options: SystemOptions }
  | { what: 'fleet'; options: FleetOptions }
  | { what: 'frames'; options: FramesOptions }
  | { what: 'members'; options: MembersOptions };

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

/** A hundred are the least of which a share is unused; beyond, the sockets of one process come to the usual limit of open files. */
const FLEET_SIZES = { least: 100, most: 15_000 };
const FLEET = {
  stations: { type: 'string', default: '10000', value: 'N', description: `fleet: ${FLEET_SIZES.least} to ${FLEET_SIZES.most}` },
  queries: { type: 'boolean', default: false, description: 'fleet: no campaign' },
  record: { type: 'boolean', default: false, description: 'fleet: the results become those of docs/reference/performance.md' },
} as const;

/** Reads the command line; returns an error message where it cannot be understood. */
export function readArgs(given: readonly string[]): Measurement | string {
  const [what, ...args] = given[0] === undefined || given[0].startsWith('--') ? ['system', ...given] : given;
  if (what === 'system') return systemArgs(args);
  if (what === 'fleet') return fleetArgs(args);
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

function fleetArgs(args: readonly string[]): Measurement | string {
  try {
    const { stations, queries, record } = parseArgs({ args: [...args], options: FLEET }).values;
    const number = Number(stations);
    const { least, most } = FLEET_SIZES;
    if (!Number.isInteger(number) || number < least || number > most) return `--stations is a whole number from ${least} to ${most}`;
    if (queries && record) return 'only a whole run is recorded: --queries leaves the campaign out';
    return { what: 'fleet', options: { stations: number, queries, record } };
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
  usage: ['system', 'fleet', 'frames', 'members'].map((what) => `npm run bench -- ${what} [options]`),
  about: `system (the default): what the whole system costs on real Kafka, Redis and Postgres: processor time of each process for a
reading, session, boot and command, latencies, and beside them what the bare parts cost. A number counts only when all rows are stored.
fleet: what 10,000 stations of 300 variables take up, how long queries of them take, and a campaign over all of them while the process
that runs it is killed; ten minutes. It fails when a station was not brought its value exactly once.
frames: how much processor time a gateway needs for a message and its answer, with copies for the message log and without.
members: how long stations wait while processes of a service come and go.`,
  options: {
    ...SYSTEM,
    record: { ...SYSTEM.record, description: 'system, fleet: the results become those of docs/reference/performance.md; the others stay' },
    queries: FLEET.queries,
    ...described(FRAMES, {
      messages: 'frames: of each station in a round',
      pairs: 'frames: of rounds, with and without',
    }),
    stations: {
      ...{ type: 'string', value: 'N' },
      description: `fleet: ${FLEET_SIZES.least} to ${FLEET_SIZES.most} (default: 10000); frames: how many talk at once, 1 to 500 (default: 100)`,
    },
    ...described(MEMBERS, {
      subscriptions: 'members: of each process',
      keys: 'members: stations that talk',
      rounds: 'members: how often each event is measured',
    }),
  },
};
