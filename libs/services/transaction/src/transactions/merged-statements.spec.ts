import { join } from 'node:path';
import { brokenByNewColumns, declaredIn, outcomesOf, recordAsked } from '@voltbus/database/testing';
import { startService, type SendingStation, type ServiceFixture } from '../testing/service-fixture';

const many = Array.from({ length: 6 }, (_, index) => index);
const BEGIN = Date.now() - 7_200_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

let service: ServiceFixture;
let asked: ReturnType<typeof recordAsked>;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', status: 'Accepted', groupId: 'friends', expiresAt: null, concurrent: false } as const;
  for (const station of many) await service.tokenStore.put('default', { ...token, idToken: `T${station}` });
  asked = recordAsked();
});
afterAll(async () => {
  asked?.mockRestore();
  await service?.close();
});

/** All stations send such a message at once. */
function together(protocol: SendingStation['protocol'], action: string, payload: (station: number) => object) {
  return Promise.all(many.map((station) => service.receive({ protocol, station: `${protocol}-${station}` }, action, payload(station))));
}

/** Starts that are repeated and restated, one that ends another, a stop that names none. */
async function sessionsOf16(): Promise<void> {
  const start = (minutes: number, meterStart: number) =>
    together('ocpp1.6', 'StartTransaction', (station) => ({ connectorId: 1, idTag: `T${station}`, meterStart, timestamp: at(minutes) }));
  await start(0, 1_000);
  await start(0, 1_000);
  await start(1, 1_000);
  await start(20, 3_000);
  await together('ocpp1.6', 'StopTransaction', (station) => ({
    ...{ transactionId: 987_654_321, idTag: `T${station}`, meterStop: 5_000 + station, timestamp: at(30) },
    transactionData: [{ timestamp: at(25), sampledValue: [{ value: String(4_000 + station) }] }],
  }));
}

/** A reading that comes in parts, and an id that is used again. */
async function sessionsOf2(): Promise<void> {
  const event = (eventType: string, seqNo: number, minutes: number, measurand: string) =>
    together('ocpp2.1', 'TransactionEvent', (station) => ({
      ...{ eventType, seqNo, timestamp: at(minutes), triggerReason: 'MeterValuePeriodic' },
      transactionInfo: { transactionId: `X${station}`, chargingState: seqNo === 1 ? 'SuspendedEV' : 'Charging' },
      ...(eventType === 'Started' ? { evse: { id: 2, connectorId: 1 }, idToken: { idToken: `T${station}`, type: 'ISO14443' } } : {}),
      meterValue: [{ timestamp: at(Math.min(minutes, 61)), sampledValue: [{ value: minutes * 100 + station, measurand }] }],
    }));
  await event('Started', 0, 60, 'Energy.Active.Import.Register');
  await event('Updated', 1, 61, 'Energy.Active.Import.Register');
  await event('Updated', 2, 62, 'Power.Active.Import');
  await event('Ended', 3, 70, 'Energy.Active.Import.Register');
  await event('Started', 0, 80, 'Energy.Active.Import.Register');
}

it('every statement that says how it is merged returns and leaves merged what it does by itself', async () => {
  for (const station of many)
    await service.database.query(
      `INSERT INTO transactions.remote_starts (tenant, station, remote_start_id, token, id_token, asked_at, transaction, session_limit)
       VALUES ('default', $1, 1, $2, $2, now(), gen_random_uuid(), '{"maxEnergyWh": 1000}')`,
      [`ocpp1.6-${station}`, `T${station}`],
    );
  // of every other station, so that a merged look that mixes them up is seen
  for (const station of many.filter((one) => one % 2 === 0))
    await service.database.query(
      `INSERT INTO transactions.reservations (tenant, id, station, reservation_id, id_token, token, state, created_at, expires_at, command, changes)
       VALUES ('default', gen_random_uuid(), $1, 1, 'other', 'other', 'reserved', now(), now() + interval '1 hour', gen_random_uuid(), 1)`,
      [`ocpp1.6-${station}`],
    );
  await sessionsOf16();
  await sessionsOf2();
  const outcomes = await outcomesOf(asked, service.database);
  for (const { name, alone, merged } of outcomes) expect([name, merged]).toEqual([name, alone]);
  const names = new Set(outcomes.map(({ name }) => name));
  expect(declaredIn(join(__dirname, '..')).filter((name) => !names.has(name))).toEqual([]);
});

it('no prepared statement fails when a newer program has added columns to the tables', async () => {
  expect(await brokenByNewColumns(asked, service.database)).toEqual([]);
});
