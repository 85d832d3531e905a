import { microsPerUnit, shownMicros, type Measurement } from './measurement';

/** What the system is meant to reach, and why it does not where it does not. */
interface Target {
  quantity: string;
  target: string;
  /** The measured value as it is shown, and whether it is good enough; null: the run has no such workload. */
  judge(results: ReadonlyMap<string, Measurement>): { measured: string; met: boolean } | null;
  /** Shown where it is missed. */
  reason: string;
}

const TWO_CORES = 'Ten processes, Kafka, Postgres and the load share two cores, so that each step waits for its turn.';

export const TARGETS: readonly Target[] = [
  {
    quantity: 'reading of 1.6, processor time of the gateway',
    target: 'at most 1.5 times the bare echo',
    judge: ratio('meter-1.6', 'gateway-1', 'bare-echo', 'echo', 1.5),
    reason:
      'The bare echo has neither Kafka nor a message log: a stored reading is published before it is answered. The target was meant for a Heartbeat.',
  },
  {
    quantity: 'reading of 1.6, processor time of Postgres',
    target: 'at most 2 times bare inserts',
    judge: ratio('meter-1.6', 'postgres', 'bare-inserts', 'postgres', 2),
    reason: 'Beside the row, activity of the transaction is looked up, and both messages are copied to the message log.',
  },
  {
    quantity: 'reading of 1.6, processor time of all processes without Kafka',
    target: '130 µs',
    judge: cost('meter-1.6', 130, ['kafka']),
    reason:
      'A reading is a record of Kafka and two copies for the message log, which device-config stores as well; those take more than the row itself.',
  },
  {
    quantity: 'session to its CDR, processor time of all processes',
    target: '6 ms',
    judge: cost('sessions', 6_000),
    reason:
      'A session is six messages, three events and a CDR, each a round trip or more through Kafka; at the small rate of this machine few of them share a batch or a transaction (ADR 83).',
  },
  {
    quantity: 'boot and status of a known station, processor time of all processes',
    target: '1.5 ms',
    judge: cost('storm', 1_500),
    reason: 'A connection is published to five services; transaction still stores it station by station.',
  },
  {
    quantity: 'start of a session at half load, p50',
    target: '20 ms',
    judge: latency('sessions, half load', 'start', 'p50', 20),
    reason: TWO_CORES,
  },
  {
    quantity: 'reading at half load, p50',
    target: '10 ms',
    judge: latency('meter-1.6, half load', 'reading', 'p50', 10),
    reason: TWO_CORES,
  },
  {
    quantity: 'reading at half load, p99',
    target: '50 ms',
    judge: latency('meter-1.6, half load', 'reading', 'p99', 50),
    reason: TWO_CORES,
  },
  {
    quantity: 'command through the API and back, idle, p50',
    target: '8 ms',
    judge: latency('commands, one at a time', 'command', 'p50', 8),
    reason: `A command goes over Kafka to the gateway, back to the router and on to the API, and is stored at each step. ${TWO_CORES}`,
  },
  {
    quantity: 'stop to the CDR on its topic at half load, p50',
    target: '500 ms',
    judge: latency('sessions, half load', 'stop to CDR', 'p50', 500),
    reason: TWO_CORES,
  },
  { quantity: 'the same, p99', target: '2 s', judge: latency('sessions, half load', 'stop to CDR', 'p99', 2_000), reason: TWO_CORES },
  {
    quantity: 'idle system with connected stations',
    target: '10 % of a core',
    judge: idleShare(10),
    reason:
      'Kafka alone uses a third of it in its first minutes, while Java still compiles (ADR 56); the rest is jobs and polling of seven processes.',
  },
];

function ratio(workload: string, process: string, ceiling: string, part: string, most: number): Target['judge'] {
  return (results) => {
    const [work, bare] = [results.get(workload), results.get(ceiling)];
    if (work === undefined || bare === undefined) return null;
    const [own, least] = [microsPerUnit(work, process), microsPerUnit(bare, part)];
    return { measured: `${shownMicros(own)} of ${shownMicros(least)}: ${(own / least).toFixed(1)} times`, met: own <= least * most };
  };
}

function cost(workload: string, mostMicros: number, without: readonly string[] = []): Target['judge'] {
  return (results) => {
    const work = results.get(workload);
    if (work === undefined) return null;
    const left = without.reduce((sum, process) => sum - microsPerUnit(work, process), microsPerUnit(work));
    return { measured: shownMicros(left), met: left <= mostMicros };
  };
}

function latency(workload: string, kind: string, which: 'p50' | 'p99', mostMs: number): Target['judge'] {
  return (results) => {
    const value = results.get(workload)?.latencies[kind]?.[which];
    return value === undefined ? null : { measured: `${value.toFixed(0)} ms`, met: value <= mostMs };
  };
}

function idleShare(mostPercent: number): Target['judge'] {
  return (results) => {
    const idle = results.get('idle');
    if (idle === undefined) return null;
    const percent = microsPerUnit(idle) / 10_000;
    return { measured: `${percent.toFixed(1)} %`, met: percent <= mostPercent };
  };
}
