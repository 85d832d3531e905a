import { gate } from '@voltbus/testing';
import { Webhook } from 'standardwebhooks';
import { never, status } from '../../testing/receiver';
import { startWebhooks, type WebhooksFixture } from '../../testing/webhooks-fixture';
import { RETRY_DELAYS_SECONDS } from '../domain/retries';

let fixture: WebhooksFixture;
beforeAll(async () => (fixture = await startWebhooks()));
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** The headers that an independent implementation of Standard Webhooks takes. */
const headersOf = (headers: Record<string, unknown>) => headers as Record<string, string>;

describe('a delivery', () => {
  it('is the CloudEvent of the topic, signed as Standard Webhooks has it', async () => {
    const { secret = '' } = await fixture.put();
    const id = await fixture.event('CS/1');
    await fixture.send();
    const [request] = fixture.receiver.requests;
    expect(request?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = new Webhook(secret).verify(request?.body ?? '', headersOf(request?.headers ?? {}));
    expect(event).toEqual({
      specversion: '1.0',
      id,
      type: 'voltbus.station.connected',
      source: expect.any(String),
      time: fixture.clock.now().toISOString(),
      subject: 'acme/CS/1',
      tenantid: 'acme',
      datacontenttype: 'application/json',
      dataschema: 'urn:voltbus:schema:connection:v1',
      data: expect.objectContaining({ tenant: 'acme', station: 'CS/1', epoch: 1 }),
    });
    const [delivery] = await fixture.deliveries();
    expect(delivery).toMatchObject({ id: request?.headers['webhook-id'], state: 'delivered', attempts: [{ status: 204, error: null }] });
  });

  it('carries a signature by each secret while a rotation overlaps, and then only by the new one', async () => {
    const { secret: first = '' } = await fixture.put();
    const { secret: second = '' } = await fixture.webhooks.rotateSecret('acme', 'hook', 60);
    await fixture.event();
    await fixture.send();
    fixture.clock.pass(60);
    await fixture.event();
    await fixture.send();
    const good = (secret: string) =>
      fixture.receiver.requests.map(({ body, headers }) => {
        try {
          return new Webhook(secret).verify(body, headersOf(headers)) !== undefined;
        } catch {
          return false;
        }
      });
    expect(fixture.receiver.requests.map(({ headers }) => String(headers['webhook-signature']).split(' ').length)).toEqual([2, 1]);
    expect([good(first), good(second)]).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('is made once of an event that is read again, and goes only to webhooks that name its type and are of its tenant', async () => {
    await fixture.put('hook');
    await fixture.put('other-type', { events: ['voltbus.cdr.issued'] });
    await fixture.put('hook', {}, 'other');
    await fixture.publish(['a', 'b']);
    await fixture.publish(['b', 'a', 'c']);
    await fixture.send();
    await fixture.publish(['c']);
    await fixture.send();
    expect(fixture.receiver.requests.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual(['a', 'b', 'c']);
    expect([await fixture.deliveries('other-type'), await fixture.deliveries('hook', 'other')]).toEqual([[], []]);
  });

  it('is tried again under the same id, at the delays of the table, until it is delivered', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(500, {}, 'not today');
    await fixture.send();
    const [first, second] = RETRY_DELAYS_SECONDS;
    fixture.clock.pass(first - 1);
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(1);
    fixture.clock.pass(1);
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(2);
    fixture.receiver.answer = status(200);
    fixture.clock.pass(second);
    await fixture.send();
    expect(new Set(fixture.receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [delivery] = await fixture.deliveries();
    expect(delivery).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 500, error: 'status', detail: 'not today' }, { status: 500 }, { status: 200 }],
    });
    expect((await fixture.find('hook')).failingSince).toBeNull();
  });

  it('is dead after three days, with its last attempts', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(500);
    const began = fixture.clock.now().getTime();
    for (let attempts = 0; (await fixture.deliveries())[0]?.state === 'pending' && attempts < 100; attempts++) {
      await fixture.send();
      const [queue] = await fixture.database.query<{ due_at: Date }[]>('SELECT due_at FROM webhooks.queues');
      if (queue !== undefined) fixture.clock.pass((queue.due_at.getTime() - fixture.clock.now().getTime()) / 1_000);
    }
    expect((fixture.clock.now().getTime() - began) / 1_000).toBe(3 * DAY);
    const [delivery] = await fixture.deliveries();
    expect(delivery).toMatchObject({ state: 'dead', reason: 'retries-ended' });
    expect(fixture.receiver.requests).toHaveLength(16);
    expect(await fixture.database.query('SELECT * FROM webhooks.queues')).toEqual([]);
  });
});

describe('the order of events', () => {
  it('is kept for each station: the next one waits for the one before, and other stations go on', async () => {
    await fixture.put();
    for (const station of ['A', 'A', 'B']) await fixture.event(station);
    fixture.receiver.answer = (response, { body }) => void response.writeHead(body.includes('acme/A') ? 500 : 200).end();
    await fixture.send();
    expect(fixture.receiver.stations.sort()).toEqual(['acme/A', 'acme/B']);
    fixture.receiver.answer = status(200);
    fixture.clock.pass(RETRY_DELAYS_SECONDS[0]);
    await fixture.send();
    const ids = fixture.receiver.requests
      .filter(({ body }) => body.includes('acme/A'))
      .map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids).toEqual(['event-1', 'event-1', 'event-2']);
  });

  it('goes on behind a dead letter', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(500);
    await fixture.send();
    fixture.clock.pass(3 * DAY);
    await fixture.event();
    fixture.receiver.answer = (response, { body }) => void response.writeHead(body.includes('event-1') ? 500 : 200).end();
    await fixture.send();
    expect((await fixture.deliveries()).map(({ state }) => state)).toEqual(['dead', 'delivered']);
  });
});

describe('a webhook that is slow', () => {
  it('has a bounded number of attempts under way, and costs another one nothing', async () => {
    const good = await fixture.anotherReceiver();
    await fixture.put('slow');
    await fixture.put('good', { url: fixture.url(good) });
    for (let station = 0; station < 12; station++) await fixture.event(`CS-${station}`);
    const opened = gate();
    fixture.receiver.answer = (response) => void opened.opened.then(() => response.writeHead(200).end());
    const sender = fixture.senderOf(fixture.service, { limits: { ofWebhook: 3, attempts: 50 } });
    sender.wake();
    await Promise.all([good.received(12), fixture.receiver.received(3)]);
    expect(fixture.receiver.requests).toHaveLength(3);
    opened.open();
    await sender.idle();
    expect(fixture.receiver.requests).toHaveLength(12);
  });

  it('leaves room for others also where all attempts are taken: a process has no more than its bound', async () => {
    await fixture.put('slow');
    for (let station = 0; station < 5; station++) await fixture.event(`CS-${station}`);
    const opened = gate();
    fixture.receiver.answer = (response) => void opened.opened.then(() => response.writeHead(200).end());
    const sender = fixture.senderOf(fixture.service, { limits: { attempts: 2 } });
    sender.wake();
    await fixture.receiver.received(2);
    const other = fixture.senderOf(await fixture.another());
    other.wake();
    await fixture.receiver.received(5); // another process takes what this one has no room for
    opened.open();
    await Promise.all([sender.idle(), other.idle()]);
    expect(new Set(fixture.receiver.stations).size).toBe(5);
    expect(fixture.receiver.requests).toHaveLength(5);
  });

  it('among many that fail leaves room for one that does not', async () => {
    const good = await fixture.anotherReceiver();
    for (const name of ['dead-1', 'dead-2', 'dead-3']) await fixture.put(name);
    await fixture.event();
    fixture.receiver.answer = status(500);
    await fixture.send();
    fixture.clock.pass(60);
    fixture.receiver.answer = never;
    await fixture.put('good', { url: fixture.url(good) });
    const sender = fixture.senderOf(fixture.service, { limits: { attempts: 3, ofAllFailing: 2, stopMs: 0 } });
    sender.wake();
    await fixture.receiver.received(5);
    await fixture.event();
    sender.wake();
    await good.received(1);
    await sender.stop();
    expect(fixture.receiver.requests).toHaveLength(5);
  });

  it('that has failed for a minute is tried by one attempt at a time', async () => {
    await fixture.put();
    for (let station = 0; station < 5; station++) await fixture.event(`CS-${station}`);
    fixture.receiver.answer = status(500);
    await fixture.send();
    expect((await fixture.find('hook')).failingSince).toEqual(fixture.clock.now()); // and not only tried: the database took each outcome
    fixture.clock.pass(60);
    fixture.receiver.answer = never;
    const sender = fixture.senderOf(fixture.service, { limits: { stopMs: 0 } });
    sender.wake();
    await fixture.receiver.received(6);
    sender.wake();
    await sender.stop();
    expect(fixture.receiver.requests).toHaveLength(6);
  });
});

describe('a process', () => {
  it('that is killed in the middle of an attempt leaves it to another one, which sends it under the same id when the lease has ended', async () => {
    await fixture.put();
    await fixture.event();
    const killed = await fixture.another();
    const opened = gate();
    fixture.receiver.answer = (response) => void opened.opened.then(() => response.writeHead(200).end());
    const sender = fixture.senderOf(killed);
    sender.wake();
    await fixture.receiver.received(1);
    await killed.database.destroy(); // it can record nothing any more
    fixture.clock.pass(59);
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(1);
    fixture.clock.pass(1);
    opened.open();
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(2);
    expect(new Set(fixture.receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
    await sender.idle();
  });

  it('that was frozen for longer than its lease records nothing', async () => {
    await fixture.put();
    await fixture.event();
    const opened = gate();
    fixture.receiver.answer = (response) => void opened.opened.then(() => response.writeHead(500).end());
    const frozen = fixture.senderOf(await fixture.another());
    frozen.wake();
    await fixture.receiver.received(1);
    fixture.clock.pass(60);
    fixture.receiver.answer = status(200);
    await fixture.send();
    opened.open();
    await frozen.idle();
    expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
  });

  it('that is stopped gives back what is under way, and another one sends it at once', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = never;
    const stopped = fixture.senderOf(fixture.service, { limits: { stopMs: 0 } });
    stopped.wake();
    await fixture.receiver.received(1);
    await stopped.stop();
    expect(await fixture.deliveries()).toMatchObject([{ state: 'pending', attempts: [] }]);
    fixture.receiver.answer = status(200);
    await fixture.send();
    expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered' }]);
  });
});
