import type { CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { endedCommand } from '../testing/fake-commands';
import { keptCommands } from '../testing/kept-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { SWEEP_BATCH } from '../station-requests';
import { customerInformation } from './block';
import type { WantedInformation } from './customer-information';
import { parts } from './domain/customer-request';
import { MAX_CHARACTERS, MAX_OPEN, MAX_PARTS } from './limits';

let service: ServiceFixture;
let sent: CommandRequest[];
let count = 0;
beforeAll(async () => {
  service = await startService();
  sent = keptCommands(service);
});
beforeEach(() => void sent.splice(0));
afterAll(() => service?.close());

const built = () => service.service.use(customerInformation);
const TOKEN = { idToken: { idToken: '04A2B3C4D5', type: 'ISO14443' }, customerIdentifier: null, customerCertificate: null };

async function connected(protocol: Protocol = 'ocpp2.0.1'): Promise<StationRef> {
  const ref = { tenant: 'default', station: `customer-${++count}` };
  await service.stations.put(ref, {});
  await service.database.query(
    `UPDATE device_config.stations SET online = true, registration = 'accepted', protocol = $2, booted_at = now() - interval '1 hour' WHERE station = $1`,
    [ref.station, protocol],
  );
  return ref;
}
const ask = (ref: StationRef, wanted: Partial<WantedInformation> = {}) =>
  built().information.request(ref, { report: true, clear: false, ...TOKEN, runHours: 1, waitHours: 1, ...wanted }, 'key-1');
const answer = (status: string) => built().requests.onEnded(endedCommand({ ...lastSent(), response: { status } }));
function lastSent(): CommandRequest {
  const last = sent.at(-1);
  if (last === undefined) throw new Error('nothing was sent');
  return last;
}
const part = ({ station }: StationRef, requestId: number, seqNo: number, { tbc = true, data = `<${seqNo}>` } = {}, protocol: Protocol = 'ocpp2.0.1') =>
  service.send({ protocol, station }, 'NotifyCustomerInformation', { requestId, seqNo, tbc, data, generatedAt: new Date().toISOString() }); // prettier-ignore
const outcome = async (id: string) => {
  const request = await built().information.find('default', id);
  return [request.state, request.reason, parts(request)];
};
const text = async (id: string) => {
  const kept = await built().information.read(await built().information.find('default', id));
  return kept.map(({ data }) => data).join('');
};
const unhandled = ({ station }: StationRef) => service.database.query('SELECT 1 FROM device_config.messages WHERE station = $1', [station]);

it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('N09 of %s: a report comes in parts in any order, each twice, and before the answer', async (protocol) => {
  const ref = await connected(protocol);
  const { id, requestId } = await ask(ref);
  expect(lastSent()).toMatchObject({ action: 'CustomerInformation', payload: { requestId, report: true, clear: false, idToken: TOKEN.idToken } });
  await part(ref, requestId, 2, { tbc: false }, protocol);
  expect(await outcome(id)).toEqual(['running', null, 1]);
  await answer('Accepted');
  for (const seqNo of [0, 0, 2]) await part(ref, requestId, seqNo, { data: seqNo === 0 ? 'Ann \u0000\ud800,' : 'x' }, protocol);
  expect(await outcome(id)).toEqual(['running', null, 2]);
  await part(ref, requestId, 1, {}, protocol);
  expect([await outcome(id), await text(id)]).toEqual([['succeeded', null, 3], 'Ann \ufffd\ufffd,<1><2>']);
  expect(await unhandled(ref)).toEqual([]);
}); // prettier-ignore

it('N10: a station that only clears has done so with its acceptance; one that refuses has not', async () => {
  const ref = await connected();
  const { id } = await ask(ref, { report: false, clear: true });
  await answer('Accepted');
  expect(await outcome(id)).toEqual(['succeeded', null, 0]);
  for (const [status, reason] of [['Rejected', 'rejected'], ['Invalid', 'invalid']] as const) {
    const refused = await ask(ref, { clear: true });
    await answer(status);
    expect(await outcome(refused.id)).toEqual(['failed', reason, 0]);
  }
}); // prettier-ignore

it('1.6 is sent ClearCache to forget a token, and can report nothing', async () => {
  const ref = await connected('ocpp1.6');
  const cleared = await ask(ref, { report: false, clear: true });
  expect(lastSent()).toMatchObject({ action: 'ClearCache', payload: {} });
  await answer('Accepted');
  expect(await outcome(cleared.id)).toEqual(['succeeded', null, 0]);
  for (const wanted of [{}, { report: false, clear: true, idToken: null, customerIdentifier: 'Ann' }])
    expect(await outcome((await ask(ref, wanted)).id)).toEqual(['failed', 'not-supported', 0]);
});

it('requests of one station stand side by side, up to a number of them', async () => {
  const ref = await connected();
  const [first, second] = [await ask(ref), await ask(ref, { idToken: { idToken: 'OTHER', type: 'Central' } })];
  await answer('Accepted');
  await part(ref, first.requestId, 0, { tbc: false });
  expect([await outcome(first.id), await outcome(second.id)]).toEqual([
    ['succeeded', null, 1],
    ['accepted', null, 0],
  ]);
  const row = 'tenant, station, kind, request_id, subject, body, requested_by, created_at, expires_at';
  await service.database.query(
    `INSERT INTO device_config.station_requests (${row}) SELECT tenant, station, kind, -nth, subject, body, requested_by, created_at, expires_at
     FROM device_config.station_requests, generate_series(1, $2) AS nth WHERE id = $1`,
    [second.id, MAX_OPEN - 1],
  );
  await expect(ask(ref)).rejects.toMatchObject({ code: 'conflict' });
  sent.splice(0);
  const erasure = { id: '00000000-0000-4000-8000-000000000009', idToken: 'BEN-4711', type: 'Central', stations: [ref.station] };
  for (const event of [erasure, erasure]) await built().erased.ask('default', event);
  const noted = await service.database.query<object[]>(
    `SELECT state, reason, sent_at FROM device_config.station_requests WHERE requested_by = 'erasure:' || $1`,
    [erasure.id],
  );
  expect([noted, sent]).toEqual([[{ state: 'failed', reason: 'too-many-open', sent_at: null }], []]);
});

it('is bounded in parts and characters, and says what it left out', async () => {
  const ref = await connected();
  const { id, requestId } = await ask(ref);
  await answer('Accepted');
  await part(ref, requestId, MAX_PARTS);
  await part(ref, requestId, 0, { data: 'x'.repeat(MAX_CHARACTERS) });
  await part(ref, requestId, 1, { tbc: false });
  const { body, state } = await built().information.find('default', id);
  expect([body, state]).toMatchObject([{ notKept: 2, characters: MAX_CHARACTERS, received: [[0, 1]] }, 'succeeded']);
  expect(await text(id)).toHaveLength(MAX_CHARACTERS);
});

it.each([0, -1, 7, 2 ** 31, 2 ** 53, 1e300, 0.5])('a part of the request %d belongs to none, and is kept as it came', async (requestId) => {
  const ref = await connected();
  const { id } = await ask(ref);
  await part(ref, requestId, 0, { tbc: false });
  expect([await outcome(id), (await unhandled(ref)).length]).toEqual([['sent', null, 0], 1]);
});

it('a report that comes after its time counts all the same; one that was cancelled or removed leaves nothing', async () => {
  const ref = await connected();
  const [late, cancelled, removed] = [await ask(ref), await ask(ref), await ask(ref)];
  await service.database.query(`UPDATE device_config.station_requests SET expires_at = now(), accepted_at = now() WHERE id = $1`, [
    late.id,
  ]);
  expect(await built().requests.sweep()).toBeLessThan(SWEEP_BATCH);
  expect(await outcome(late.id)).toEqual(['failed', 'expired', 0]);
  await built().information.cancel('default', cancelled.id);
  await part(ref, removed.requestId, 0);
  await built().information.remove('default', removed.id);
  for (const { requestId } of [late, cancelled]) await part(ref, requestId, 0, { tbc: false });
  await part(ref, removed.requestId, 1, { tbc: false });
  expect([await outcome(late.id), await outcome(cancelled.id), await outcome(removed.id)]).toEqual([
    ['succeeded', null, 1],
    ['cancelled', 'operator', 0],
    ['succeeded', null, 2],
  ]);
  expect([await text(late.id), await text(cancelled.id), await text(removed.id)]).toEqual(['<0>', '', '']);
});

it('an erased token: stations are asked once to forget it, and reports about it go, also those that come later', async () => {
  const [ref, other] = [await connected(), await connected()];
  const reported = await ask(ref, { idToken: { idToken: 'änn-4711', type: 'Central' } });
  await part(ref, reported.requestId, 0);
  const erasure = { id: '00000000-0000-4000-8000-000000000001', idToken: 'ÄNN-4711' };
  await built().erased.forget('default', erasure);
  await part(ref, reported.requestId, 1, { tbc: false });
  expect([await text(reported.id), (await outcome(reported.id))[0]]).toEqual(['', 'succeeded']);
  sent.splice(0);
  const named = { ...erasure, type: 'Central', stations: [ref.station, 'gone', other.station] };
  for (const event of [named, named]) await built().erased.ask('default', event);
  expect(sent.map(({ station, payload }) => [station, payload['clear'], payload['report'], payload['idToken']])).toEqual([
    [ref.station, true, false, { idToken: 'ÄNN-4711', type: 'Central' }],
    [other.station, true, false, { idToken: 'ÄNN-4711', type: 'Central' }],
  ]);
  // a request that has not ended keeps the id of its token: it ends while the erasure still looks for that once a day
  const [last] = await service.database.query<{ days: number }[]>(
    `SELECT max(extract(epoch FROM expires_at - now()) / 86400)::float AS days FROM device_config.station_requests WHERE requested_by = $1`,
    [`erasure:${erasure.id}`],
  );
  expect(last?.days).toBeLessThan(89);
});
