import { join } from 'node:path';
import { Client } from 'pg';
import { OwnProcess } from '../own-process';
import type { BenchSystem } from './bench-system';
import type { EchoAnswer } from './echo-process';
import type { Measurement } from './measurement';
import type { Scale, Workload } from './workloads';

/** What the work would cost at least, with nothing of ours: measured between the workloads, on the same machine. */
export const CEILINGS: Readonly<Record<string, Workload>> = { 'bare-echo': bareEcho, 'bare-inserts': bareInserts };

const BATCH = 500;
const ROWS = 20_000;

/** C1: readings are answered by a server that does nothing else. */
async function bareEcho(system: BenchSystem, { stations, seconds }: Scale, report: (measurement: Measurement) => void): Promise<void> {
  const echo = new OwnProcess<'usage', EchoAnswer>(join(__dirname, 'echo-process.js'));
  const { port } = await echo.answer();
  try {
    await system.perform({ do: 'connect', ocppUrl: `ws://127.0.0.1:${port}`, fleet: 'echo', stations, protocol: 'ocpp1.6' });
    await system.perform({ do: 'begin' });
    await system.perform({ do: 'meter', seconds: 1, rate: null });
    const before = (await echo.ask('usage')).usage;
    const { units, latencies, cpuMs, seconds: took } = await system.perform({ do: 'meter', seconds: seconds / 2, rate: null });
    const after = (await echo.ask('usage')).usage;
    const cpu = { echo: (after.user + after.system - before.user - before.system) / 1_000 };
    const facts = { workload: 'bare-echo', unit: 'reading', stations, ratePerSecond: null };
    report({ ...facts, units, seconds: took, cpu, generatorCpuMs: cpuMs, latencies });
    await system.perform({ do: 'disconnect' });
  } finally {
    await echo.stop();
  }
}

/** C3: rows like those of readings, 500 in a statement, on one connection. */
async function bareInserts(system: BenchSystem, _scale: Scale, report: (measurement: Measurement) => void): Promise<void> {
  const client = new Client({ connectionString: system.databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE transactions.bench_rows (LIKE transactions.readings INCLUDING ALL)');
    await insertRows(client, BATCH); // prepares the statement
    const own = process.cpuUsage();
    const measured = await system.measure(
      async () => {
        const begin = performance.now();
        for (let at = BATCH; at < ROWS + BATCH; at += BATCH) await insertRows(client, at + BATCH);
        return { units: ROWS, seconds: (performance.now() - begin) / 1_000, latencies: {}, cpuMs: 0 };
      },
      () => Promise.resolve(),
    );
    const { user, system: kernel } = process.cpuUsage(own);
    const cpu = { client: (user + kernel) / 1_000, postgres: measured.cpu['postgres'] ?? 0 };
    report({ workload: 'bare-inserts', unit: 'row', stations: 1, ratePerSecond: null, ...measured, cpu });
  } finally {
    await client.query('DROP TABLE IF EXISTS transactions.bench_rows');
    await client.end();
  }
}

/** Inserts the rows that come before `end`. */
async function insertRows(client: Client, end: number): Promise<void> {
  const places = Array.from({ length: BATCH }, (_, index) => end - BATCH + index);
  await client.query({
    name: 'bench-rows',
    text: `INSERT INTO transactions.bench_rows (tenant, station, evse, transaction, at, context, energy_wh, power_w)
      SELECT 'bench', 'bare-' || place % 300, 1, 'T', to_timestamp(place), 'Sample.Periodic', energy, 11040
      FROM unnest($1::integer[], $2::double precision[]) AS given(place, energy)`,
    values: [places, places.map((place) => place * 3)],
  });
}
