import { table } from './markdown-table';
import { microsPerUnit, shownMicros, type Measurement } from './measurement';
import type { RecordedRun } from './recorded-run';
import { TARGETS } from './targets';

const COMMAND = 'npm run docs:performance';

/** docs/reference/performance.md of a recorded run. */
export function performancePage({ date, machine, node, results }: RecordedRun): string {
  return `# Performance

<!-- by \`${COMMAND}\` from tools/bench/results/system.json, which \`npm run bench -- --record\` writes -->

Measured on ${date}: ${machine}, Node ${node}, \`npm run bench\`: one gateway, every service in a process of its own, Kafka, Redis and
Postgres, and the load generator, all on one machine. Processor time is of each process; **latencies and rates depend on
the machine and are upper and lower bounds**. Latencies count from the intended moment of sending. A number counts only when the database
holds exactly the rows that were sent. Stations are of OCPP 1.6 unless named otherwise; messages are copied to the message log, as by default.

## Processor time

${table(['workload', 'stations', 'units a second', 'all', ...PROCESSES, 'others'], results.filter(isWorkload).map(costRow))}

A unit is a reading, a session (Authorize, StartTransaction, three MeterValues, StopTransaction, its CDR), a station that connects, boots and reports its
connector, or a command through the API until the station's answer is back. Idle is a share of one core. At half load batches are smaller, so that a unit costs more.

## Ceilings

What the bare parts cost on the same machine: an echo of uWebSockets.js, and rows inserted 500 at a time.

${table(['ceiling', 'process', 'each'], results.filter((one) => !isWorkload(one)).flatMap(ceilingRows))}

## Latencies

Milliseconds.

${table(['workload', 'of', 'p50', 'p99', 'longest', 'count'], results.flatMap(latencyRows))}

## Node 20 and Node 24

One pair of quick runs, one after the other (\`--quick --only meter-1.6,sessions\`), on a machine whose glibc has no uWebSockets.js for Node 24, so that its gateway
ran \`ws\` there: a session cost 42 ms with Node 20.20 and 31 ms with Node 24.21 (of it transaction 7.8 and 4.2, cdr 6.1 and 3.2), at half load 113 and 79 ms; a
reading cost transaction 160 µs with both, and the gateway 174 and 186 µs.

## Targets

${table(['quantity', 'target', 'measured', '', 'reason'], targetRows(results))}
`;
}

const PROCESSES = ['gateway-1', 'transaction', 'device-config', 'cdr', 'router', 'api', 'postgres', 'kafka'];

function isWorkload({ workload }: Measurement): boolean {
  return !workload.startsWith('bare-');
}

function costRow(measurement: Measurement): string[] {
  const { workload, stations, units, seconds, unit, cpu } = measurement;
  const shown = unit === 'second' ? (micros: number) => `${(micros / 10_000).toFixed(1)} %` : shownMicros;
  const rest = Object.keys(cpu).filter((name) => !PROCESSES.includes(name));
  const others = rest.reduce((sum, name) => sum + microsPerUnit(measurement, name), 0);
  return [
    workload,
    String(stations),
    unit === 'second' ? '' : String(Math.round(units / seconds)),
    `**${shown(microsPerUnit(measurement))}**`,
    ...PROCESSES.map((name) => shown(microsPerUnit(measurement, name))),
    shown(others),
  ];
}

function ceilingRows(measurement: Measurement): string[][] {
  return Object.keys(measurement.cpu).map((name) => [measurement.workload, name, shownMicros(microsPerUnit(measurement, name))]);
}

function latencyRows({ workload, latencies }: Measurement): string[][] {
  return Object.entries(latencies).map(([kind, { p50, p99, max, count }]) => [
    workload,
    kind,
    p50.toFixed(0),
    p99.toFixed(0),
    max.toFixed(0),
    String(count),
  ]);
}

function targetRows(results: readonly Measurement[]): string[][] {
  const byName = new Map(results.map((result) => [result.workload, result]));
  return TARGETS.flatMap(({ quantity, target, judge, reason }) => {
    const judged = judge(byName);
    return judged === null ? [] : [[quantity, target, judged.measured, judged.met ? 'met' : '**missed**', judged.met ? '' : reason]];
  });
}
