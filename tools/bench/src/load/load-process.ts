import { BenchStation } from './bench-station';
import { commands } from './commands';
import { Latencies } from './latencies';
import type { LoadResult, LoadTask } from './load-tasks';
import { available, boot } from './messages';
import { beginTransactions, meterStream, type SendReading } from './meter-stream';
import { sessions } from './sessions';

/** Stations that connect at once where the connecting is not what is measured. */
const CONNECTING = 50;

let fleet: BenchStation[] = [];
let readings: SendReading[] = [];

async function perform(task: LoadTask, latencies: Latencies): Promise<number> {
  if (task.do === 'connect') {
    fleet = Array.from({ length: task.stations }, (_, index) => new BenchStation(`${task.fleet}-${index}`, task.protocol));
    for (let at = 0; at < fleet.length; at += CONNECTING)
      await Promise.all(fleet.slice(at, at + CONNECTING).map((station) => join(station, task.ocppUrl)));
    return fleet.length;
  }
  if (task.do === 'storm') return storm(task.ocppUrl, latencies);
  if (task.do === 'begin') return (readings = await beginTransactions(fleet)).length;
  if (task.do === 'meter') return meterStream(readings, task, latencies);
  if (task.do === 'sessions') return sessions(fleet, task, latencies);
  if (task.do === 'commands') return commands(fleet, task, latencies);
  await Promise.all(fleet.map((station) => station.close()));
  return fleet.length;
}

async function join(station: BenchStation, url: string): Promise<void> {
  await station.connect(url);
  await station.call('BootNotification', boot(station.protocol));
}

/** Latencies count from the one moment at which all stations begin. */
async function storm(url: string, latencies: Latencies): Promise<number> {
  const begin = performance.now();
  const recover = async (station: BenchStation): Promise<void> => {
    await join(station, url);
    latencies.add('boot answered', performance.now() - begin);
    await station.call('StatusNotification', available());
    latencies.add('all answered', performance.now() - begin);
  };
  await Promise.all(fleet.map(recover));
  return fleet.length;
}

async function measured(task: LoadTask): Promise<LoadResult> {
  const latencies = new Latencies();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const units = await perform(task, latencies);
  const { user, system } = process.cpuUsage(cpu);
  return { units, seconds: (performance.now() - begin) / 1_000, latencies: latencies.summaries(), cpuMs: (user + system) / 1_000 };
}

process.on('message', (task: LoadTask) => {
  measured(task).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
