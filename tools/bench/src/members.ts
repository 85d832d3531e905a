import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaBus } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';
import { startKafka } from '@voltbus/infra';
import { noopTelemetry } from '@voltbus/telemetry';
import { Trickle, type Waits } from './trickle';
import type { MemberTask } from './member-process';

export interface MembersOptions {
  /** Subscriptions of each member. */
  subscriptions: number;
  /** Stations that publish a record ten times a second. */
  keys: number;
  rounds: number;
}

/** After each scenario: for the group to come to rest. */
const REST_MS = 3_000;
const READY_MS = 90_000;
/** Longer than any session time-out here. */
const FROZEN_MS = 20_000;

const SCENARIOS: Readonly<Record<string, (member: () => Promise<ChildProcess>, first: ChildProcess) => Promise<ChildProcess>>> = {
  'join and leave': async (member, first) => {
    await leave(await member());
    return first;
  },
  'kill -9': async (member, first) => {
    const second = await member();
    const dead = once(second, 'exit');
    second.kill('SIGKILL');
    await dead;
    return first;
  },
  frozen: async (member, first) => {
    const second = await member();
    second.kill('SIGSTOP');
    await pause(FROZEN_MS);
    second.kill('SIGCONT');
    await leave(second);
    return first;
  },
  'rolling restart of three': async (member, first) => {
    let members = [first, await member(), await member()];
    for (let n = 0; n < 3; n++) {
      const [oldest, ...others] = members;
      if (oldest === undefined) break;
      members = [...others, await member()]; // as a Deployment does: the new one is ready before the old one goes
      await leave(oldest);
    }
    const [stays, ...others] = members;
    for (const other of others) await leave(other);
    return stays ?? first;
  },
};

/** Measures how long a station waits for its answer while members of the group that serves it come and go. */
export async function measureMembers({ subscriptions, keys, rounds }: MembersOptions, print: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-bench-'));
  const kafka = await startKafka({ dataDir: folder, given: process.env['VOLTBUS_KAFKA_BROKERS'] });
  const bus = new KafkaBus({ ...noopTelemetry, brokers: kafka.brokers, clientId: 'bench', onCrash: 'rebuild' });
  const children = new Set<ChildProcess>();
  try {
    const name = `bench-${Date.now().toString(36)}`;
    const topics = Array.from({ length: subscriptions }, (_, index) => topicOf(`${name}-${index}`));
    await bus.ensureTopics(topics);
    const [lane] = topics;
    if (lane === undefined) throw new Error('nothing to subscribe to');
    const trickle = new Trickle(bus, lane, keys);
    const member = async (): Promise<ChildProcess> => {
      const child = await started({ brokers: kafka.brokers, group: name, topics }, trickle);
      children.add(child);
      return child;
    };
    let first = await member();
    trickle.start();
    for (let round = 1; round <= rounds; round++)
      for (const [scenario, play] of Object.entries(SCENARIOS)) {
        await trickle.takeWaits();
        first = await play(member, first);
        await pause(REST_MS);
        print(`${scenario}: ${shown(await trickle.takeWaits())}`);
      }
    trickle.stop();
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await bus.close();
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function started(task: MemberTask, trickle: Trickle): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'member-process.js'), [JSON.stringify(task)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = new Promise<void>((resolve) =>
    child.on('message', (text) => (text === 'ready' ? resolve() : trickle.handled(String(text)))),
  );
  await Promise.race([ready, pause(READY_MS).then(() => Promise.reject(new Error('a member did not become ready')))]);
  return child;
}

async function leave(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function topicOf(name: string): Topic {
  return { name, partitions: 48, owner: 'router', writers: ['router'], readers: ['router'], settledBy: [], retentionMs: 3_600_000 };
}

function shown({ longestMs, lost, outOfOrder, twice }: Waits): string {
  return `longest wait ${(longestMs / 1_000).toFixed(1)} s, lost ${lost}, out of order ${outOfOrder}, handled twice ${twice}`;
}
