import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
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
    settings: {
      HOST: '127.0.0.1',
      OCPP_PORT: 0,
      OCPP_TRUSTED_PROXIES: undefined,
      OCPP_PROXY_PROTOCOL: false,
      OCPP_PLAIN: true,
      OCPP_TLS_PORT: undefined,
      OCPP_TLS_CERT_FILES: undefined,
      OCPP_TLS_KEY_FILES: undefined,
      OCPP_TLS_CLIENT_CA_FILES: undefined,
      OCPP_TLS_CRL_FILES: undefined,
      OCPP_TLS_MIN_VERSION: '1.2',
      OCPP_TLS_REVOCATION_UNAVAILABLE: 'refuse',
      OCPP_PROXY_TLS: 'none',
      OCSP_HOSTS: undefined,
      KEY_PEPPER: 'p'.repeat(32),
      POD_NAME: 'bench',
      TRANSPORT: 'uws',
      SUBPROTOCOL_MISMATCH: 'refuse',
      SUBPROTOCOL_MISSING: 'refuse',
      PING_SECONDS: 45,
      ASSERT_SECONDS: 60,
      HEARTBEAT_SECONDS: 300,
      INSTALLATION: 'default',
    },
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
