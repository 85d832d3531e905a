import { STATION_USES, TARIFF_DIRECTORY } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { COMMAND_SENDER, type Service } from '@voltbus/service';
import { startServiceApp } from '@voltbus/service/testing';
import { expectSoon, freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { deviceConfig } from '../../service';
import { FakeCommands } from '../../testing/fake-commands';
import { noTariffs } from '../../testing/start-http';
import { noUses } from '../../testing/start-service';

// A change of every secret of the settings, process by process: those of before, of the step between and of after are there at once.

const [OLD, NEW_PEPPER, NEW_ADMIN, NEW_KEY] = [TestApp.KEY, 'q'.repeat(40), 'b'.repeat(40), 'e'.repeat(40)];
const NEW = { VOLTBUS_KEY_PEPPER: NEW_PEPPER, VOLTBUS_ADMIN_KEY: NEW_ADMIN, VOLTBUS_ENCRYPTION_KEY: NEW_KEY };
const STEPS = {
  before: {},
  between: { VOLTBUS_KEY_PEPPER_NEXT: NEW_PEPPER, VOLTBUS_ENCRYPTION_KEY_NEXT: NEW_KEY },
  during: { ...NEW, VOLTBUS_KEY_PEPPER_PREVIOUS: OLD, VOLTBUS_ADMIN_KEY_PREVIOUS: OLD },
  after: NEW,
};
type Step = keyof typeof STEPS;

let fresh: FreshDatabase;
const apps = new Map<Step, { app: TestApp; service: Service; close(): Promise<void> }>();
const commands = new FakeCommands();
beforeAll(async () => {
  fresh = await freshDatabase();
  for (const step of Object.keys(STEPS) as Step[])
    apps.set(
      step,
      await startServiceApp(deviceConfig, {
        environment: STEPS[step],
        databaseUrl: fresh.url,
        provided: [
          [TARIFF_DIRECTORY, noTariffs],
          [STATION_USES, noUses],
          [COMMAND_SENDER, commands],
        ],
      }),
    );
});
afterAll(async () => {
  for (const { close } of apps.values()) await close();
  await fresh.drop();
});

interface Sent {
  key?: string;
  body?: object;
  headers?: Record<string, string>;
}

const adminOf = (step: Step): string => (step === 'during' || step === 'after' ? NEW_ADMIN : OLD);

function send(step: Step, method: 'GET' | 'POST' | 'PUT', url: string, { key = adminOf(step), ...more }: Sent = {}) {
  const { app } = apps.get(step) ?? fail();
  return app.request<{ key: string; id: string; name: string; nextCursor: string | null }>(method, url, { key, ...more });
}

function fail(): never {
  throw new Error('no such step');
}

const statuses = async (steps: readonly Step[], of: (step: Step) => Promise<{ status: number }>): Promise<number[]> => {
  const found: number[] = [];
  for (const step of steps) found.push((await of(step)).status);
  return found;
};

it("accepts the administrator's key before beside the new one while both are set, and then no more", async () => {
  const by = (key: string) => statuses(['before', 'during', 'after'], (step) => send(step, 'GET', '/v1/stations', { key }));
  expect(await by(OLD)).toEqual([200, 200, 401]);
  expect(await by(NEW_ADMIN)).toEqual([401, 200, 200]);
});

it('accepts API keys of both peppers in every process of the change, and afterwards those that were used in it', async () => {
  const [used, unused] = [await send('before', 'POST', '/v1/api-keys', newKey()), await send('before', 'POST', '/v1/api-keys', newKey())];
  const made = await send('during', 'POST', '/v1/api-keys', newKey());
  const changing: Step[] = ['between', 'during', 'between'];
  const look = (key: string, steps: Step[]) => statuses(steps, (step) => send(step, 'GET', '/v1/api-keys', { key }));
  for (const { body } of [used, made]) expect(await look(body.key, changing)).toEqual([200, 200, 200]);
  await expectSoon(async () => expect(await look(used.body.key, ['after'])).toEqual([200]));
  expect([await look(made.body.key, ['after']), await look(unused.body.key, ['after'])]).toEqual([[200], [401]]);
});

it('carries out a request once, and knows its cursors, whichever of the processes gets them', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await send('between', 'POST', '/v1/api-keys', { ...newKey('once'), headers, key: OLD });
  const again = await send('during', 'POST', '/v1/api-keys', { ...newKey('once'), headers, key: OLD });
  expect([first.status, again]).toEqual([201, first]);
  const other = await send('during', 'POST', '/v1/api-keys', { ...newKey('twice'), headers: { 'idempotency-key': 'twice' }, key: OLD });
  expect(await send('between', 'POST', '/v1/api-keys', { ...newKey('twice'), headers: { 'idempotency-key': 'twice' } })).toEqual(other);
  for (const [from, to] of [
    ['between', 'during'],
    ['during', 'between'],
  ] as const) {
    const { nextCursor } = (await send(from, 'GET', '/v1/api-keys?limit=1')).body;
    expect((await send(to, 'GET', `/v1/api-keys?limit=1&cursor=${nextCursor}`)).status).toBe(200);
  }
});

it('reads the stored secrets in every step, and after the change without the pepper that encrypted them', async () => {
  const image = (url: string) => ({ body: { url, vendor: 'v', model: 'm', firmwareVersion: '1' } });
  const put = await send('before', 'PUT', '/v1/firmware-images/one', image('https://u:secret@files.example/one.bin'));
  expect(put.status).toBeLessThan(300);
  const { service } = apps.get('during') ?? fail();
  await service['resealing']?.run();
  const [row]: { sealed: string }[] = await service.database.query(
    `SELECT body ->> 'sealedUrl' AS sealed FROM device_config.firmware_images`,
  );
  expect(Buffer.from(row?.sealed ?? '', 'base64').subarray(0, 4)).toEqual(Buffer.from([0, 0x56, 0x42, 2]));
  for (const step of ['between', 'during', 'after'] as const) {
    // the same URL, whole, changes nothing: it was decrypted and compared
    await send(step, 'PUT', '/v1/firmware-images/one', image('https://u:secret@files.example/one.bin'));
    const [now]: { sealed: string }[] = await service.database.query(
      `SELECT body ->> 'sealedUrl' AS sealed FROM device_config.firmware_images`,
    );
    expect(now).toEqual(row);
  }
});

function newKey(name = 'a key'): { body: object } {
  return { body: { name, scopes: ['admin', 'read'] } };
}
