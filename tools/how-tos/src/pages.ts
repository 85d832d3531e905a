import type { Protocol } from '@voltbus/contracts';

export interface Page {
  /** Why none of its commands is run. */
  notRun?: string;
  /** Settings that the page has given to its system with `npm start`. `{port}` is that of its API. */
  env?: Readonly<Record<string, string>>;
  /** Stations that are connected, by the book, with their version; each has a password. `CS-1` of 2.0.1 when absent. */
  stations?: Readonly<Record<string, Protocol>>;
  /** Of all of these stations. */
  group?: string;
  /** What the stations run; else nothing that they say. */
  firmwareVersion?: string;
  /** Names of the page, and those that stand for them here. */
  names?: Readonly<Record<string, string>>;
  /** Files in the folder in which the commands are run. */
  files?: Readonly<Record<string, string>>;
  /** The first station has charged a session to its CDR. */
  charged?: boolean;
  /** Blocks that contain this text are left out, for the reason. */
  leftOut?: Readonly<Record<string, string>>;
  /** Refusals that the page shows: `403 POST /v1/campaigns/{id}/approve`. */
  refused?: readonly string[];
}

const CLUSTER = 'needs a cluster: npm run cluster has its own commands';
const SECOND_TERMINAL = 'stays in a terminal of its own; what it starts is there already';
const SIMULATED = { 'SIM-5-0001': 'ocpp2.0.1' } as const;

/** Every page with shell blocks, by its file below `docs`. */
export const PAGES: Readonly<Record<string, Page>> = {
  'how-to/answer-a-driver': { charged: true },
  'how-to/approve-campaigns': { refused: ['403 POST /v1/campaigns/{id}/approve'] },
  'how-to/be-alerted': { stations: { 'CS-1': 'ocpp2.0.1' } },
  'how-to/change-the-number-of-partitions': { notRun: CLUSTER },
  'how-to/connect-an-identity-provider': { notRun: 'apps/api/src/access-tokens.spec.ts has the settings of the page and a real provider' },
  'how-to/consume-cdrs': { charged: true },
  'how-to/deploy-to-kubernetes': { notRun: CLUSTER },
  'how-to/fetch-logs': { env: { VOLTBUS_UPLOAD_URL: 'http://127.0.0.1:{port}' } },
  'how-to/find-out-why-a-cdr-is-0': { charged: true },
  'how-to/find-out-why-a-station-cannot-connect': { refused: ['401 GET /ocpp/CS-1'] },
  'how-to/follow-a-session': { notRun: 'needs Docker, or a cluster' },
  'how-to/follow-events': {},
  'how-to/follow-security-events': {},
  'how-to/generate-a-client': { notRun: 'npm run clients generates and runs the clients of the page' },
  'how-to/give-rights': {},
  'how-to/import-in-bulk': {},
  'how-to/keep-a-fleet-configured': {},
  'how-to/keep-files-in-s3': { notRun: 'needs a bucket: libs/services/device-config/src/files/s3-files.int.spec.ts has one' },
  'how-to/let-people-sign-in': {
    env: { VOLTBUS_API_URL: 'http://127.0.0.1:{port}' },
    leftOut: { 'npm start': SECOND_TERMINAL, 'npm run identity-provider': SECOND_TERMINAL },
  },
  'how-to/limit-a-session': { stations: { 'CS-1': 'ocpp2.0.1' } },
  'how-to/look-after-dead-letters': { leftOut: { '/replay': 'a fresh system has no dead letter' } },
  'how-to/look-after-webhooks': {},
  'how-to/plug-and-charge': {},
  'how-to/put-tls-before-stations': {
    notRun: 'libs/services/gateway/src/transport/tls/tls-listener.spec.ts has the same, with openssl and foreign clients',
  },
  'how-to/raise-a-fleet-to-profile-3': { notRun: 'apps/standalone/e2e/certification/ocpp2/secured.ts goes the same way' },
  'how-to/read-the-message-log': {},
  'how-to/receive-webhooks': {
    notRun:
      'needs a receiver in a terminal of its own: libs/services/webhooks/src/deliveries/receive-examples.spec.ts runs the examples of the page',
  },
  'how-to/report-uptime': {},
  'how-to/reserve-a-connector': { stations: SIMULATED, leftOut: { 'npm run simulator': SECOND_TERMINAL } },
  'how-to/reset-a-station': {},
  'how-to/restrict-tokens': {},
  'how-to/review-doubtful-cdrs': {
    charged: true,
    leftOut: { $CDR: 'needs a CDR that is held', $TRANSACTION: 'needs a CDR that is held' },
  },
  'how-to/roll-out-firmware': {
    env: { VOLTBUS_UPLOAD_URL: 'http://127.0.0.1:{port}' },
    firmwareVersion: '2.4.1',
    names: { '"Example"': '"Voltbus"', '"AC-22"': '"Virtual 2"' },
    files: { '2.5.0.bin': 'firmware' },
    group: 'depot',
    refused: ['409 DELETE /v1/firmware-images/ac-22-2.5.0/file'],
  },
  'how-to/rotate-keys': {
    env: { VOLTBUS_ENCRYPTION_KEY: 'a key of thirty-two characters or more' },
    leftOut: { 'npm start': SECOND_TERMINAL, kubectl: CLUSTER, sealed_values: 'the numbers are there within a minute of the start' },
  },
  'how-to/rotate-passwords': { group: 'berlin', refused: ['409 POST /v1/stations/CS-1/password-rotation/end'] },
  'how-to/run-a-certificate-authority': { notRun: 'apps/standalone/e2e/certification/ocpp2/certificates.ts goes the same way' },
  'how-to/run-campaigns': { group: 'depot', refused: ['409 POST /v1/campaigns'] },
  'how-to/run-the-doctor': { leftOut: { kubectl: CLUSTER } },
  'how-to/secure-connections': { notRun: 'shows settings and commands of servers of the reader' },
  'how-to/scale-with-keda': { notRun: CLUSTER },
  'how-to/see-and-change-configuration': {},
  'how-to/set-prices': { stations: { 'CS-1': 'ocpp2.1' } },
  'how-to/set-up-a-tenant': {},
  'how-to/show-a-message': { stations: SIMULATED, leftOut: { 'npm run simulator': SECOND_TERMINAL } },
  'how-to/start-a-session-remotely': { stations: SIMULATED, leftOut: { 'npm run simulator': SECOND_TERMINAL } },
  'how-to/take-a-connector-out-of-service': {},
  'how-to/take-ad-hoc-payments': { stations: { 'CS-1': 'ocpp2.1' }, refused: ['422 POST /v1/web-payments'] },
  'how-to/use-local-lists': { stations: { 'CS-1': 'ocpp1.6', 'CS-2': 'ocpp2.0.1' } },
  'how-to/use-the-api-from-a-browser': { env: { VOLTBUS_CORS_ORIGINS: 'http://localhost:5173' } },
  'how-to/use-the-typescript-client': {},
  'how-to/verify-the-audit-log': { leftOut: { 'audit -- verify\n': 'needs a Postgres of the reader: standalone keeps its own to itself' } },
  'how-to/watch-voltbus': { notRun: 'takes the stack: npm run monitoring -- verify is what the page runs' },
  'how-to/work-around-a-quirk': {},
  'tutorial/first-charge': { notRun: 'apps/standalone/e2e/plug-to-cdr.spec.ts runs the page as it stands' },
};
