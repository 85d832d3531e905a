import { until } from '@voltbus/infra';
import type { Schemas } from '@voltbus/api-client';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { chargeSession, endSession, startSession, type ChargingSession } from './charging-session';
import { STATION, TOKEN, minutesBefore, type RecordedSystem } from './recorded-system';

const USUAL: ChargingSession = { transactionId: 'a1b2c3d4-0001', start: 240, minutes: 60, energyWh: 18_400, stationCost: 9.52 };
/** So dear that the tenant's policy holds its CDR. */
const HELD: ChargingSession = { transactionId: 'a1b2c3d4-0002', start: 170, minutes: 60, energyWh: 64_000 };
const WAIVED: ChargingSession = { ...HELD, transactionId: 'a1b2c3d4-0003', start: 100 };
/** Its end never comes. */
const ENDLESS: ChargingSession = { transactionId: 'a1b2c3d4-0004', evse: 2, start: 240, minutes: 60, energyWh: 12_000 };
const REMOTE: ChargingSession = { transactionId: 'a1b2c3d4-0005', start: 0, minutes: 0, energyWh: 0 };

/** Sessions of hours ago and one that was started remotely, and what came of them. */
export async function recordCharging(
  client: RecordingClient,
  station: ScriptedStation,
  { began, recorder }: RecordedSystem,
): Promise<void> {
  const abort = new AbortController();
  const streamed = firstTransactionEvent(client, abort.signal);
  await until('the stream tells of a session', async () => {
    await station.call('StatusNotification', {
      evseId: 1,
      connectorId: 1,
      connectorStatus: 'Occupied',
      timestamp: new Date().toISOString(),
    });
    return true;
  });
  for (const session of [USUAL, HELD, WAIVED]) await chargeSession(station, began, session);
  await chargeSession(station, began, ENDLESS, false);
  const id = await transactionOf(client, USUAL);
  await recordTransaction(client, id, began);
  await recordReviews(client);
  const endless = await transactionOf(client, ENDLESS);
  await client.record('post', '/v1/transactions/{id}/end', {
    path: { id: endless },
    body: { endedAt: minutesBefore(began, 180), meterStopWh: 1_216_350, reason: 'The station was replaced' },
  });
  await recordRemoteControl(client, station);
  const event = await streamed;
  abort.abort();
  recorder.add('get', '/v1/events', {
    query: { types: ['transaction'] },
    answer: { status: 200, type: 'text/event-stream', value: event },
  });
  await station.call('NotifySettlement', {
    pspRef: 'psp-4711',
    status: 'Settled',
    settlementAmount: 9.52,
    settlementTime: minutesBefore(began, 179),
    transactionId: USUAL.transactionId,
    receiptId: 'R-2026-0042',
  });
  await until('the settlement is stored', async () => (await client.api.get('/v1/settlements')).items[0]);
  await client.record('get', '/v1/settlements', { query: { limit: 50 } });
  await client.record('post', '/v1/event-tickets', { body: { types: ['transaction', 'cdr'] } });
}

async function firstTransactionEvent(client: RecordingClient, signal: AbortSignal): Promise<Schemas['Event'] | null> {
  for await (const event of client.api.events({ types: ['transaction'], signal })) return event;
  return null;
}

async function transactionOf(client: RecordingClient, { transactionId }: ChargingSession): Promise<string> {
  return until(`there is the transaction ${transactionId}`, async () => {
    const { items } = await client.api.get('/v1/transactions', { query: { station: [STATION], limit: 50 } });
    return items.find((one) => one.ocppTransactionId === transactionId)?.id;
  });
}

async function recordTransaction(client: RecordingClient, id: string, began: Date): Promise<void> {
  const path = { id };
  const cdr = await until(
    'the CDR is issued',
    async () => (await client.api.get('/v1/cdrs', { query: { transaction: [id] } })).items[0]?.id,
  );
  await client.record('get', '/v1/cdrs', { query: { issuedFrom: minutesBefore(began, 60), limit: 1 } });
  await client.record('get', '/v1/cdrs/{id}', { path: { id: cdr } });
  await client.record('get', '/v1/transactions/{id}', { path });
  await client.record('get', '/v1/transactions', { query: { station: [STATION], state: ['ended'], limit: 1 } });
  await client.record('get', '/v1/transactions/{id}/station-cost', { path });
  await client.record('get', '/v1/transactions/{id}/meter-values', { path, query: { limit: 2 } });
  await client.record('post', '/v1/transactions/{id}/correct', {
    path,
    body: { energyWh: 18_000, reason: 'The meter was checked: 2.2 % too high' },
  });
  await client.record('get', '/v1/transactions/{id}/operator-actions', { path });
}

/** Two CDRs wait for a person: one is released, one is waived. */
async function recordReviews(client: RecordingClient): Promise<void> {
  const [held, waived] = await until('two CDRs are held', async () => {
    const { items } = await client.api.get('/v1/cdrs', { query: { review: ['held'] } });
    return items.length === 2 && items.map(({ id }) => id);
  });
  if (held === undefined || waived === undefined) throw new Error('no CDR is held');
  await client.record('post', '/v1/cdrs/{id}/release', { path: { id: held }, body: { reason: 'The driver confirmed it' } });
  await client.record('post', '/v1/cdrs/{id}/waive', { path: { id: waived }, body: { reason: 'A test by the installer' } });
}

async function recordRemoteControl(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const started = new Promise<number>((resolve) =>
    station.answer('RequestStartTransaction', ({ remoteStartId }) => (resolve(Number(remoteStartId)), { status: 'Accepted' })),
  );
  const { id: command } = await client.record('post', '/v1/stations/{station}/remote-start', {
    path: { station: STATION },
    body: { idToken: TOKEN, evse: 1, limit: { maxEnergyWh: 20_000 } },
  });
  const session = { ...REMOTE, remoteStartId: await started };
  await startSession(station, new Date(), session);
  const remote = { path: { command } };
  const id = await until('the session started', async () => (await client.api.get('/v1/remote-starts/{command}', remote)).transaction);
  await client.record('get', '/v1/remote-starts/{command}', remote);
  await client.record('get', '/v1/transactions/{id}/limit', { path: { id } });
  const stop = await client.record('post', '/v1/transactions/{id}/remote-stop', { path: { id } });
  await endSession(station, new Date(), session);
  const stopped = { path: { command: stop.id } };
  await until('the session ended', async () => (await client.api.get('/v1/remote-stops/{command}', stopped)).endedAt);
  await client.record('get', '/v1/remote-stops/{command}', stopped);
}
