import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { Gateway } from '@voltbus/service-gateway';
import { silentLogger } from '@voltbus/testing';
import type { Metrics } from '@voltbus/telemetry';

/** What the measuring process asks of the gateway's. */
export interface Question {
  /** Stations to let in from now on, and whether what they say is copied. */
  know: { names: string[]; keepsMessages: boolean } | null;
}

/** Its answer: what was used and done since the process began. */
export interface Answer {
  url: string;
  cpuMicros: number;
  /** Frames copied, and those that were not though they should have been. */
  copied: number;
  notCopied: number;
}

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

/** A real gateway, alone in its process so that the processor time is its own; its bus takes everything and nobody reads it. */
async function run(): Promise<void> {
  const connections = new MemoryConnections();
  const gateway = new Gateway({
    settings: {
      HOST: '127.0.0.1',
      OCPP_PORT: 0,
      KEY_PEPPER: 'p'.repeat(32),
      POD_NAME: 'bench',
      TRANSPORT: 'uws',
      SUBPROTOCOL_MISMATCH: 'refuse',
      SUBPROTOCOL_MISSING: 'refuse',
      PING_SECONDS: 45,
      ASSERT_SECONDS: 60,
      HEARTBEAT_SECONDS: 300,
    },
    bus: new MemoryBus({ logger: silentLogger, metrics, absentGroups: 'skip' }),
    connections,
    logger: silentLogger,
    metrics,
  });
  const url = `ws://127.0.0.1:${await gateway.start()}/ocpp`;
  const answer = (): void => void process.send?.(facts(url));
  process.on('message', ({ know }: Question) => {
    if (know === null) return answer();
    void Promise.all(know.names.map((station) => letIn(connections, station, know.keepsMessages))).then(answer);
  });
  process.on('disconnect', () => process.exit(0));
  answer();
}

function letIn(connections: MemoryConnections, station: string, keepsMessages: boolean): Promise<void> {
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
