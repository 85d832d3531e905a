import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { readSettings } from '@voltbus/runtime';
import { Gateway } from '@voltbus/service-gateway';
import { noopTelemetry, type Metrics } from '@voltbus/telemetry';

/** A request of the measuring process to the gateway's process. */
export interface Question {
  /** Stations to admit from now on, and whether their messages are copied to the message log; null asks only for the usage. */
  know: { names: string[]; keepsMessages: boolean } | null;
}

/** The answer: processor time and counts since the process began. */
export interface Answer {
  url: string;
  cpuMicros: number;
  /** Frames copied, and those that were not though they should have been. */
  copied: number;
  notCopied: number;
}

const SETTINGS = { VOLTBUS_OCPP_PORT: '0', VOLTBUS_KEY_PEPPER: 'p'.repeat(32), VOLTBUS_POD_NAME: 'bench' };
const counts = new Map<string, number>();
const metrics: Metrics = {
  counter: (name) => ({
    add: (amount, labels) => {
      const key = `${name} ${new Map(Object.entries(labels ?? {})).get('result') ?? ''}`;
      counts.set(key, (counts.get(key) ?? 0) + amount);
    },
  }),
  histogram: () => ({ observe: () => undefined }),
  gauge: () => undefined,
};

/** Runs a real gateway, alone in its process so that the processor time is its own. Its bus takes everything and has no reader. */
async function run(): Promise<void> {
  const connections = new MemoryConnections();
  const gateway = new Gateway({
    settings: readSettings(SETTINGS, 'standalone', 'standalone'),
    bus: new MemoryBus({ ...noopTelemetry, metrics, absentGroups: 'skip' }),
    connections,
    logger: noopTelemetry.logger,
    metrics,
  });
  const url = `ws://127.0.0.1:${(await gateway.start()).plain}/ocpp`;
  const answer = (): void => void process.send?.(facts(url));
  process.on('message', ({ know }: Question) => {
    if (know === null) return answer();
    void Promise.all(know.names.map((station) => admit(connections, station, know.keepsMessages))).then(answer);
  });
  process.on('disconnect', () => process.exit(0));
  answer();
}

function admit(connections: MemoryConnections, station: string, keepsMessages: boolean): Promise<void> {
  return connections.putProfile({
    tenant: 'default',
    station,
    known: true,
    blocked: false,
    securityProfile: 0,
    keyHashes: [],
    registration: 'accepted',
    unknownStations: 'refuse',
    answersUpdates: false,
    keepsMessages,
  });
}

function facts(url: string): Answer {
  const { user, system } = process.cpuUsage();
  const of = (result: string) => counts.get(`gateway_frame_copies_total ${result}`) ?? 0;
  return { url, cpuMicros: user + system, copied: of('copied'), notCopied: of('full') + of('rate') + of('bus') + of('defect') };
}

void run();
