import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, startPostgres } from '@voltbus/infra';
import { asksForHelp } from '@voltbus/runtime';
import { startStandalone } from '@voltbus/stack';
import { makeAuthority } from './openssl';
import { Recorder } from './recorder';
import { playScenario } from './scenario/scenario';
import { TENANT } from './scenario/recorded-system';
import { SHOWN_API_KEY_ID, StableValues } from './stable-values';

const FILE = 'libs/platform/http/src/openapi/generated/examples.json';
const HELP = `npm run docs:examples

Records the examples of the API's description, ${FILE}, from a system of its own: every operation is used once.
Run it when answers have changed, and then npm run docs:openapi, which puts the examples into the description.

  --help  show this
`;

/** Where webhooks are received, until the process ends. */
async function startReceiver(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return (server.address() as AddressInfo).port; // it listens on a port
}

async function main(): Promise<void> {
  const began = new Date();
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-examples-'));
  const port = await startReceiver();
  const postgres = await startPostgres({ dataDir: folder });
  const authority = makeAuthority(folder);
  const env = {
    VOLTBUS_CERTIFICATE_AUTHORITY: 'local',
    VOLTBUS_CA_CERT_FILE: authority.cert,
    VOLTBUS_CA_KEY_FILE: authority.key,
    VOLTBUS_API_REQUESTS_PER_MINUTE: '600', // so few that the scenario can exceed it
    VOLTBUS_DATABASE_URL: postgres.url,
    VOLTBUS_UPLOAD_URL: 'https://uploads.example',
    VOLTBUS_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.1',
    VOLTBUS_WEBHOOK_ALLOWED_PORTS: String(port),
  };
  const system = await startStandalone({ env, dataDir: join(folder, 'data') });
  try {
    const recorder = await Recorder.of(system.apiUrl);
    const receiverUrl = `http://127.0.0.1:${port}/voltbus`;
    const admin = recorder.client(system.adminKey, TENANT);
    const { adminKey } = system;
    await playScenario({ adminKey, recorder, ocppUrl: system.ocppUrl, databaseUrl: postgres.url, began, folder, receiverUrl, admin });
    if (recorder.missing.length > 0) throw new Error(`never used: ${recorder.missing.join(', ')}`);
    write(recorder, new StableValues(began, replacementsOf(recorder, receiverUrl)));
  } catch (error) {
    process.stderr.write(system.output());
    throw error;
  } finally {
    await system.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is of this run alone: addresses of this machine, ids of keys. */
function replacementsOf({ exchanges }: Recorder, receiverUrl: string): ReadonlyMap<string, string> {
  const keyId = (operation: string) => (exchanges.get(operation)?.answer.value as { id: string }).id; // the description says so
  return new Map([
    [receiverUrl, 'https://receiver.example/voltbus'],
    ['127.0.0.1', '192.0.2.10'],
    [keyId('createApiKey'), SHOWN_API_KEY_ID],
    [keyId('getApiKey'), 'fedcba9876543210'],
  ]);
}

function write({ exchanges, problems }: Recorder, stable: StableValues): void {
  const operations = stable.of(Object.fromEntries(exchanges));
  const sorted = (object: object) => Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
  const examples = { operations: sorted(operations as object), problems: stable.of(Object.fromEntries(problems)) };
  writeFileSync(join(ROOT, FILE), `${JSON.stringify(examples, null, 2)}\n`);
}

if (asksForHelp(process.argv.slice(2))) {
  process.stdout.write(HELP);
  process.exit(0);
}
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
