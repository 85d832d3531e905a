import { TENANTS, deterministicId, type EventType } from '@voltbus/contracts';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';
import { deliveries as deliveriesBlock } from './block';
import { status } from '../testing/receiver';
import { startWebhooks, type WebhooksFixture } from '../testing/webhooks-fixture';
import { BACKLOG_LIMITS, MAX_BODY_BYTES, MAX_PENDING_TESTS, MAX_REPLAYED } from './domain/delivery-limits';
import { TypeormRecordedEvents, type NewDelivery } from './store/typeorm-recorded-events';

let fixture: WebhooksFixture;
beforeAll(async () => (fixture = await startWebhooks()));
beforeEach(async () => {
  await fixture.reset();
  await fixture.put();
});
afterAll(() => fixture?.close());

const states = async () => (await fixture.deliveries()).map(({ state }) => state);

function newDelivery(webhookId: string, eventId: string): NewDelivery {
  const event = { eventId, eventType: 'voltbus.station.connected', eventTime: fixture.clock.now().toISOString() };
  return { ...event, webhookId, tenant: 'acme', id: deterministicId(eventId), station: 'CS-1', body: '{}', bytes: 2 };
}

/** Deliveries as three days of failing leave them. */
async function deadLetters(count: number, options: { state?: string; bytes?: number; station?: string } = {}): Promise<void> {
  const { id } = await fixture.find('hook');
  await fixture.database.query(
    `INSERT INTO webhooks.deliveries (webhook_id, id, tenant, station, event_id, event_type, event_time, body, bytes, state, created_at, give_up_at, ended_at)
     SELECT $1, gen_random_uuid(), 'acme', $5, n::text, 'voltbus.station.connected', $2, '{"id":"' || n || '"}', $4, $6, $2::timestamptz + n * interval '1 ms', $2,
       CASE WHEN $6 = 'dead' THEN $2 END FROM generate_series(1, $3) n`,
    [id, fixture.clock.now(), count, options.bytes ?? 10, options.station ?? 'CS-1', options.state ?? 'dead'],
  );
}

describe('a replay', () => {
  it('sends a delivery once more under its id, whether it was delivered or is dead', async () => {
    await fixture.event();
    await fixture.send();
    const [delivered] = await fixture.deliveries();
    await fixture.replays.replay('acme', 'hook', delivered?.id ?? '');
    await fixture.send();
    expect(new Set(fixture.receiver.requests.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    expect(fixture.receiver.requests).toHaveLength(2);
    expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered', replays: 1, attempts: [{ status: 204 }, { status: 204 }] }]);
  });

  it('of one that waits for its next attempt makes it at once', async () => {
    await fixture.event();
    fixture.receiver.answer = status(500);
    await fixture.send();
    fixture.receiver.answer = status(200);
    await fixture.replays.replay('acme', 'hook', (await fixture.deliveries())[0]?.id ?? '');
    await fixture.send();
    expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered', replays: 0 }]);
  });

  it('of dead letters goes by the time in which they were made, in their order, and no further than its bound', async () => {
    await deadLetters(MAX_REPLAYED + 2);
    const from = fixture.clock.now();
    const all = { from, to: new Date(from.getTime() + 60_000) };
    const some = { from: new Date(from.getTime() + 2), to: new Date(from.getTime() + 4) };
    expect(await fixture.replays.replayDead('acme', 'hook', some)).toEqual({ replayed: 2, more: false });
    await fixture.send();
    expect(fixture.receiver.requests.map(({ body }) => body)).toEqual(['{"id":"2"}', '{"id":"3"}']);
    expect(await fixture.replays.replayDead('acme', 'hook', all)).toEqual({ replayed: MAX_REPLAYED, more: true });
    expect(await fixture.replays.replayDead('acme', 'hook', all)).toEqual({ replayed: 0, more: false });
  });

  it('has a new window of attempts', async () => {
    await deadLetters(1);
    fixture.clock.pass(10 * 86_400);
    fixture.receiver.answer = status(500);
    await fixture.replays.replay('acme', 'hook', (await fixture.deliveries())[0]?.id ?? '');
    await fixture.send();
    expect(await states()).toEqual(['pending']);
  });
});

describe('a test', () => {
  it('is sent once, also to a disabled webhook, and shows its outcome', async () => {
    await fixture.put('hook', { enabled: false });
    fixture.receiver.answer = status(500, {}, 'no such route');
    const { id, body } = await fixture.replays.test('acme', 'hook');
    await fixture.send();
    expect(fixture.receiver.requests).toMatchObject([{ headers: { 'webhook-id': id }, body }]);
    expect(JSON.parse(body ?? '')).toMatchObject({
      specversion: '1.0',
      type: 'voltbus.webhook.test',
      tenantid: 'acme',
      data: { webhook: 'hook' },
    });
    expect(await fixture.deliveries()).toMatchObject([
      { station: null, state: 'dead', reason: 'test-failed', attempts: [{ status: 500, detail: 'no such route' }] },
    ]);
    expect(await fixture.find('hook')).toMatchObject({ disabledReason: 'operator', failingSince: null });
  });

  it('does not wait for the events of a station', async () => {
    fixture.receiver.answer = status(500);
    await fixture.event();
    await fixture.send();
    await fixture.replays.test('acme', 'hook');
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(2);
  });

  it('is refused while too many wait', async () => {
    for (let tests = 0; tests < MAX_PENDING_TESTS; tests++) await fixture.replays.test('acme', 'hook');
    await expect(fixture.replays.test('acme', 'hook')).rejects.toMatchObject({ code: 'too-many-requests' });
    await fixture.send();
    await fixture.replays.test('acme', 'hook');
  });
});

describe('bounds', () => {
  it('on the number of deliveries that wait: those beyond are dropped, however they come', async () => {
    const { id: webhookId } = await fixture.find('hook');
    const at = fixture.clock.now();
    const few = new TypeormRecordedEvents(fixture.database, { pending: 3, bytes: 1_000 });
    const add = (ids: readonly string[]) =>
      few.add(
        ids.map((id) => newDelivery(webhookId, id)),
        { at, giveUpAt: at },
      );
    expect(await add(['a', 'b'])).toEqual([{ webhookId, added: 2, dropped: 0 }]);
    expect(await add(['b', 'c', 'd', 'a'])).toEqual([{ webhookId, added: 1, dropped: 1 }]);
    expect(await add(['a', 'e'])).toEqual([{ webhookId, added: 0, dropped: 1 }]);
  });

  it('on the bytes of deliveries that wait: events beyond are dropped, counted and shown, and none twice', async () => {
    await deadLetters(1, { state: 'pending', bytes: BACKLOG_LIMITS.bytes - 600, station: 'CS-9' });
    await fixture.publish(['fits', 'too many', 'too many as well']);
    await fixture.publish(['fits']);
    expect(await fixture.find('hook')).toMatchObject({ dropped: 2, lastDroppedAt: fixture.clock.now() });
    expect(fixture.metrics.total('webhook_deliveries_total', { outcome: 'dropped' })).toBe(2);
    const rows = await fixture.database.query("SELECT event_id FROM webhooks.deliveries WHERE station = 'CS-1'");
    expect(rows).toEqual([{ event_id: 'fits' }]);
  });

  it('on the size of a body: the event is a dead letter without one, and cannot be replayed', async () => {
    await fixture.publish(['large'], {}, { reason: 'x'.repeat(MAX_BODY_BYTES) });
    await fixture.event();
    await fixture.send();
    const all = await fixture.deliveries();
    const [large, next] = [all.find(({ eventId }) => eventId === 'large'), all.find(({ eventId }) => eventId !== 'large')];
    expect([large, next?.state]).toEqual([expect.objectContaining({ state: 'dead', reason: 'too-large', attempts: [] }), 'delivered']);
    await expect(fixture.replays.replay('acme', 'hook', large?.id ?? '')).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a webhook that is deleted', () => {
  it('is sent nothing more, and what it leaves is removed in batches', async () => {
    await deadLetters(30);
    await fixture.event();
    await fixture.webhooks.remove('acme', 'hook');
    await fixture.event();
    await fixture.send();
    expect(fixture.receiver.requests).toEqual([]);
    const { deliveries } = fixture.service.storeOf(deliveriesBlock);
    expect([await deliveries.removeDeleted(20), await deliveries.removeDeleted(20)]).toEqual([
      { removed: 20, more: true },
      { removed: 11, more: false },
    ]);
    for (const table of ['webhooks', 'deliveries', 'queues'])
      expect(await fixture.database.query(`SELECT * FROM webhooks.${table}`)).toEqual([]);
  });

  it('goes with its tenant', async () => {
    const { deleted } = TENANTS.events;
    await deliverEvents(fixture.service, deleted as EventType, [eventRecord(deleted as EventType, { tenant: 'acme' }, { tenant: 'acme' })]);
    await expect(fixture.find('hook')).rejects.toThrow('no webhook');
  });
});

it('the backlog is measured', async () => {
  await fixture.put('late', {}, 'other');
  await fixture.event('CS-1', 'other');
  fixture.clock.pass(30);
  await fixture.stores.backlog.measure(fixture.clock.now());
  expect(fixture.metrics.reading('webhook_overdue_seconds')).toBe(30);
  await fixture.send();
  await fixture.event();
  fixture.receiver.answer = status(500);
  await fixture.send();
  fixture.clock.pass(60);
  await fixture.stores.backlog.measure(fixture.clock.now());
  const { metrics } = fixture;
  expect(
    ['webhook_pending', 'webhook_oldest_seconds', 'webhooks_failing', 'webhooks_disabled'].map((name) => metrics.reading(name)),
  ).toEqual([1, 60, 1, 0]);
});
