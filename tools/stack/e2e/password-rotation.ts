import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readTopic } from '@voltbus/bus';
import {
  CALL_RESULTS,
  COMMANDS,
  COMMAND_RESULTS,
  CONNECTIONS,
  DOWNLINK,
  FRAMES,
  SECURITY_EVENTS,
  type SecurityEvent,
} from '@voltbus/contracts';
import {
  ForeignStation,
  PROTOCOL_NAMES,
  eventually,
  prepare,
  type Api,
  type OtlpReceiver,
  type ProtocolName,
  type Stack,
} from '@voltbus/testing';
import { VirtualStation, dialWebSocket, seededRandom } from '@voltbus/virtual-station';
import { DataSource } from 'typeorm';

interface RotationShape {
  api: Api;
  ocppUrls: readonly string[];
  stack: Stack;
  receiver: OtlpReceiver;
}

const NAMES = PROTOCOL_NAMES.map(nameOf);

/** A01, A01.FR.09: stations of all versions get new passwords, and nobody else does. */
export function provePasswordRotation(shape: () => RotationShape): void {
  it('gives stations of all versions new passwords, refuses the old ones at every gateway, and has the new ones nowhere', async () => {
    const { api, ocppUrls, stack, receiver } = shape();
    const old = await prepare(api, NAMES, 'PROOF-TAG');
    const passwords = await Promise.all(PROTOCOL_NAMES.map((protocol) => rotate(shape(), protocol, old)));
    for (const protocol of PROTOCOL_NAMES) for (const url of ocppUrls) await expect(connect(url, protocol, old)).rejects.toThrow();
    expect(new Set([...passwords, old]).size).toBe(PROTOCOL_NAMES.length + 1);

    const shown = await Promise.all(NAMES.map((name) => shownOf(api, name)));
    expect(shown.filter((text) => text.includes('[redacted]'))).toHaveLength(NAMES.length); // in the message log and the command
    const kept = [await rowsOf(stack.facts().postgres.url), await recordsOf(stack.facts().kafka.brokers), receiver.text];
    for (const text of kept) expect(text).toContain(NAMES[0]);
    const forms = passwords.flatMap(formsOf);
    for (const text of [...shown, ...kept]) expect(forms.filter((form) => text.includes(form))).toEqual([]);
    const files = filesOf(stack.dataDir);
    expect(files.filter((file) => holds(file, [String(NAMES[0])]))).not.toEqual([]);
    expect(files.filter((file) => holds(file, forms))).toEqual([]);
  });
}

/** A station is connected, gets its new password, and comes back with it. */
async function rotate({ api, ocppUrls }: RotationShape, protocol: ProtocolName, old: string): Promise<string> {
  const [identity, url] = [nameOf(protocol), `${ocppUrls[0]}/default`];
  const station = new VirtualStation({ target: { url, identity, protocol, password: old }, random: seededRandom(1), dial: dialWebSocket });
  station.start();
  try {
    await station.whenReady();
    const path = `/v1/stations/${identity}/password-rotation`;
    expect(await api.post(path, {})).toMatchObject({ status: 202 });
    await eventually(
      () => api.get<{ state: string }>(path),
      ({ body }) => body.state === 'done',
    );
  } finally {
    await station.stop(0);
  }
  const password = station.password ?? '';
  expect(password).toMatch(/^[0-9a-f]{40}$/);
  for (const gateway of ocppUrls) await (await connect(gateway, protocol, password)).close();
  const { body } = await api.get<{ items: SecurityEvent[] }>(`/v1/security-events?station=${identity}&type=password-rotated`);
  expect(body.items).toHaveLength(1);
  return password;
}

function nameOf(protocol: ProtocolName): string {
  return `proof-rotated-${protocol}`;
}

function connect(url: string, protocol: ProtocolName, password: string): Promise<ForeignStation> {
  return ForeignStation.connect({ url: `${url}/default`, station: nameOf(protocol), protocol, password });
}

/** What an operator is shown of the station, once its message log has the command. */
async function shownOf(api: Api, station: string): Promise<string> {
  const { body: messages } = await eventually(
    () => api.get(`/v1/stations/${station}/messages?limit=100`),
    ({ body }) => /"(?:ChangeConfiguration|SetVariables)"/.test(JSON.stringify(body)),
  );
  const paths = [`/v1/commands?station=${station}`, `/v1/stations/${station}/password-rotation`, `/v1/stations/${station}/variables`];
  const others = await Promise.all([...paths, '/v1/audit-log?limit=100'].map(async (path) => (await api.get(path)).body));
  return JSON.stringify([station, messages, others]);
}

/** Every row of every table. */
async function rowsOf(url: string): Promise<string> {
  const database = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    const tables: { name: string }[] = await database.query(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows: string[] = [];
    for (const { name } of tables)
      rows.push(...(await database.query<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`)).map(({ row }) => row));
    return rows.join('\n');
  } finally {
    await database.destroy();
  }
}

/** The topics by which a command goes down, and its result and its copies come back; of all others, the files are searched. */
const ON_THE_WAY = [COMMANDS, DOWNLINK, CALL_RESULTS, COMMAND_RESULTS, FRAMES, CONNECTIONS, SECURITY_EVENTS];

async function recordsOf(brokers: string[]): Promise<string> {
  const records: string[] = [];
  for (const { name } of ON_THE_WAY)
    records.push(...(await readTopic(brokers, name)).map(({ key, value, headers }) => JSON.stringify([key, value, headers])));
  return records.join('\n');
}

/** A password as it may be written somewhere: its digits, its bytes, and either in base64, of which the end may differ. */
function formsOf(password: string): string[] {
  const bytes = Buffer.from(password, 'hex');
  const encoded = [Buffer.from(password), bytes].flatMap((one) => [one.toString('base64').slice(0, 24), one.toString('hex')]);
  return [password, password.toUpperCase(), bytes.toString('latin1'), ...encoded];
}

/** Logs, and the files of Postgres, Kafka and Redis; Kafka's indexes have no content, and are made large. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/index$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** The servers remove files meanwhile. */
function holds(file: string, texts: readonly string[]): boolean {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  const content = readFileSync(file);
  return texts.some((text) => content.includes(Buffer.from(text, 'latin1')));
}
