import { setTimeout as pause } from 'node:timers/promises';
import type { BenchProtocol } from '../load/bench-station';
import { TENANT, type BenchSystem } from './bench-system';
import type { Measurement } from './measurement';

/** How long and with how many stations. */
export interface Scale {
  stations: number;
  sessionStations: number;
  stormStations: number;
  seconds: number;
  /** Seconds of the warm-up before each workload, for the compiler; not counted. */
  warmUpSeconds: number;
}

/** Measures one kind of work, and reports each result when it is there. */
export type Workload = (system: BenchSystem, scale: Scale, report: (measurement: Measurement) => void) => Promise<void>;

/** Half of what was answered without a pace. */
const HALF_LOAD = 0.5;
/** A system at rest: its start has been worked off. */
const REST_MS = 3_000;

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  idle,
  storm,
  'meter-1.6': (system, scale, report) => meter(system, scale, report, 'ocpp1.6'),
  'meter-2.0.1': (system, scale, report) => meter(system, scale, report, 'ocpp2.0.1'),
  sessions,
  commands,
};

/** Connects a fleet, and waits until it is known: each new station is asked once for its variables, ten a second. */
async function connected(system: BenchSystem, fleet: string, stations: number, protocol: BenchProtocol = 'ocpp1.6'): Promise<void> {
  await system.perform({ do: 'connect', ocppUrl: system.addresses.ocppUrl, fleet, stations, protocol });
  await system.stored.expect('stations asked for their variables', fleet, stations);
}

/** W1: connected stations that send nothing. A unit is a second. */
async function idle(system: BenchSystem, { stations, seconds }: Scale, report: (measurement: Measurement) => void): Promise<void> {
  await connected(system, 'idle', stations);
  await pause(REST_MS);
  const measured = await system.measure(
    async () => {
      await pause(seconds * 1_000);
      return { units: seconds, seconds, latencies: {}, cpuMs: 0 };
    },
    () => Promise.resolve(),
  );
  report({ workload: 'idle', unit: 'second', stations, ratePerSecond: null, ...measured });
  await system.perform({ do: 'disconnect' });
}

/** W3: known stations come back at the same moment. The first storm warms up. */
async function storm(system: BenchSystem, { stormStations: stations }: Scale, report: (measurement: Measurement) => void): Promise<void> {
  await connected(system, 'storm', stations);
  for (const counted of [false, true]) {
    await system.perform({ do: 'disconnect' });
    await pause(REST_MS);
    const measured = await system.measure(
      () => system.perform({ do: 'storm', ocppUrl: system.addresses.ocppUrl }),
      () => system.stored.expect('connectors', 'storm', stations),
    );
    if (counted) report({ workload: 'storm', unit: 'station', stations, ratePerSecond: null, ...measured });
  }
  await system.perform({ do: 'disconnect' });
}

/** W4: readings as fast as they are answered, then at half that rate. */
async function meter(
  system: BenchSystem,
  { stations, seconds, warmUpSeconds }: Scale,
  report: (measurement: Measurement) => void,
  protocol: BenchProtocol,
): Promise<void> {
  const fleet = `meter-${protocol.replace('ocpp', '')}`;
  await connected(system, fleet, stations, protocol);
  await system.perform({ do: 'begin' });
  const run = async (rate: number | null, length: number) => {
    const before = await system.stored.count('readings', fleet);
    return system.measure(
      () => system.perform({ do: 'meter', seconds: length, rate }),
      ({ units }) => system.stored.expect('readings', fleet, before + units),
    );
  };
  await run(null, warmUpSeconds);
  await fullAndHalf({ workload: fleet, unit: 'reading', stations }, (rate) => run(rate, seconds), report);
  await system.perform({ do: 'disconnect' });
}

/** W5: whole sessions until their CDRs are stored. */
async function sessions(
  system: BenchSystem,
  { sessionStations: stations, seconds, warmUpSeconds }: Scale,
  report: (measurement: Measurement) => void,
): Promise<void> {
  await connected(system, 'session', stations);
  const run = async (rate: number | null, length: number) => {
    const before = await system.stored.count('CDRs', 'session');
    return system.measure(
      () => system.perform({ do: 'sessions', seconds: length, rate, brokers: system.addresses.brokers }),
      async ({ units }) => {
        await system.stored.expect('ended transactions', 'session', before + units);
        await system.stored.expect('CDRs', 'session', before + units);
      },
    );
  };
  await run(null, warmUpSeconds);
  await fullAndHalf({ workload: 'sessions', unit: 'session', stations }, (rate) => run(rate, seconds), report);
  await system.perform({ do: 'disconnect' });
}

/** W6: commands one at a time on a system at rest, then many at once. */
async function commands(
  system: BenchSystem,
  { stations, seconds, warmUpSeconds }: Scale,
  report: (measurement: Measurement) => void,
): Promise<void> {
  await connected(system, 'command', stations);
  const { apiUrl, adminKey } = system.addresses;
  const run = async (atOnce: number, length: number) => {
    const before = await system.stored.count('commands', 'command');
    return system.measure(
      () => system.perform({ do: 'commands', apiUrl, adminKey, tenant: TENANT, seconds: length, rate: null, atOnce }),
      ({ units }) => system.stored.expect('commands', 'command', before + units),
    );
  };
  await run(COMMANDS_AT_ONCE, warmUpSeconds);
  for (const [name, atOnce] of Object.entries({ 'one at a time': 1, [`${COMMANDS_AT_ONCE} at once`]: COMMANDS_AT_ONCE }))
    report({ workload: `commands, ${name}`, unit: 'command', stations, ratePerSecond: null, ...(await run(atOnce, seconds)) });
  await system.perform({ do: 'disconnect' });
}

/** As many as keep the API busy without queueing at stations. */
const COMMANDS_AT_ONCE = 50;

async function fullAndHalf(
  facts: Pick<Measurement, 'workload' | 'unit' | 'stations'>,
  run: (rate: number | null) => Promise<Omit<Measurement, 'workload' | 'unit' | 'stations' | 'ratePerSecond'>>,
  report: (measurement: Measurement) => void,
): Promise<void> {
  const full = await run(null);
  report({ ...facts, ratePerSecond: null, ...full });
  const ratePerSecond = Math.max(1, Math.round((full.units / full.seconds) * HALF_LOAD));
  report({ ...facts, workload: `${facts.workload}, half load`, ratePerSecond, ...(await run(ratePerSecond)) });
}
