import { readFileSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import type { StackFacts } from '@voltbus/stack';

/** Processor time by process, milliseconds. */
export type ProcessorTimes = Readonly<Record<string, number>>;

/** The places after the name of the program in `/proc/<pid>/stat`. */
const PARENT = 1;
const [USER, SYSTEM, REAPED_USER, REAPED_SYSTEM] = [11, 12, 13, 14];

/** Reads the processor time of each process of the stack since it began: of Postgres with its backends, also those that ended. */
export function processorTimes(facts: StackFacts, tickMs = clockTickMs()): ProcessorTimes {
  const { kafka, redis, postgres } = facts;
  const single = [...facts.gateways, ...facts.processes, { name: 'kafka', ...kafka }, { name: 'redis', ...redis }];
  const times = single.map(({ name, pid }) => [name, pid === null ? 0 : ticksOf(statOf(pid)) * tickMs] as const);
  return { ...Object.fromEntries(times), postgres: postgres.pid === null ? 0 : ticksOfFamily(postgres.pid) * tickMs };
}

/** Returns what each process used between two readings. */
export function usedBetween(before: ProcessorTimes, after: ProcessorTimes): ProcessorTimes {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}

/** The parent and its children, with those that it has reaped. */
function ticksOfFamily(parent: number): number {
  const stat = statOf(parent);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => statOf(Number(pid)))
    .filter((fields) => Number(fields[PARENT]) === parent);
  const reaped = Number(stat[REAPED_USER]) + Number(stat[REAPED_SYSTEM]);
  return [stat, ...children].reduce((sum, fields) => sum + ticksOf(fields), reaped);
}

function ticksOf(fields: readonly string[]): number {
  return fields.length === 0 ? 0 : Number(fields[USER]) + Number(fields[SYSTEM]);
}

/** The fields behind the name, which may hold spaces; none for a process that has ended. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function clockTickMs(): number {
  return 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}
