import { expectSoon, gate, range } from '@voltbus/testing';
import { LANES } from '@voltbus/contracts';
import { Availability } from '../availability';
import { BusFull, BusUnavailable, RecordRefused } from '../port';
import { noopTelemetry } from '@voltbus/telemetry';
import { SendQueue, type Sending, type SendQueueOptions } from './send-queue';
import { BusTelemetry } from '../telemetry';

const lane = LANES.transaction;

function world(send: (batch: readonly Sending[]) => Promise<void>, options: Partial<SendQueueOptions> & { downAfterMs?: number } = {}) {
  const { logger, metrics } = noopTelemetry;
  const availability = new Availability(options.downAfterMs ?? 20_000);
  const queue = new SendQueue({ availability, telemetry: new BusTelemetry(logger, metrics), send, ...options });
  const publish = (text: string, timeoutMs = 20_000) => queue.add(lane, { key: 'a/1', value: Buffer.from(text) }, timeoutMs);
  return { queue, availability, publish };
}

const texts = (batch: readonly Sending[]) => batch.map(({ record }) => Buffer.from(record.value).toString());

describe('the queue in front of a producer', () => {
  it('sends at once when idle, and together what came while one send was under way', async () => {
    const sends: string[][] = [];
    const first = gate();
    const { publish } = world(async (batch) => {
      sends.push(texts(batch));
      if (sends.length === 1) await first.opened;
    });
    const alone = publish('0');
    await expectSoon(async () => expect(sends).toEqual([['0']]));
    const together = range(50).map((n) => publish(String(n + 1)));
    await new Promise((later) => setTimeout(later, 20));
    expect(sends.length).toBe(1);
    first.open();
    await Promise.all([alone, ...together]);
    expect(sends.slice(1)).toEqual([range(50).map((n) => String(n + 1))]);
  });

  it('has one send under way, however many wait and however large they are', async () => {
    let underWay = 0;
    let most = 0;
    const sizes: number[] = [];
    const { publish } = world(async (batch) => {
      most = Math.max(most, ++underWay);
      sizes.push(batch.reduce((sum, { bytes }) => sum + bytes, 0));
      await new Promise((turn) => setImmediate(turn));
      underWay -= 1;
    });
    await Promise.all(range(40).map(() => publish('x'.repeat(100_000))));
    expect(most).toBe(1);
    expect(sizes.length).toBeGreaterThan(7);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(524_288);
  });

  it('refuses beyond its bound of bytes and takes records again when some are through', async () => {
    const away = gate();
    const { publish } = world(() => away.opened, { maxWaitingBytes: 1_000 });
    const taken = [publish('x'.repeat(400)), publish('x'.repeat(300))];
    await expect(publish('x'.repeat(200))).rejects.toBeInstanceOf(BusFull);
    away.open();
    await Promise.all(taken);
    await publish('x'.repeat(200));
  });

  it('gives a record back in time and does not send it any more, if it was not under way', async () => {
    const sends: string[][] = [];
    const away = gate();
    const { publish } = world(async (batch) => {
      sends.push(texts(batch));
      await away.opened;
    });
    const underWay = publish('under way', 1_000); // long enough to be sent before it is given back, on a busy machine too
    await expectSoon(async () => expect(sends.length).toBe(1));
    const waiting = publish('waiting', 30);
    await Promise.all([waiting, underWay].map((given) => expect(given).rejects.toBeInstanceOf(BusUnavailable)));
    const patient = publish('patient');
    away.open();
    await patient;
    expect(sends).toEqual([['under way'], ['patient']]);
  });

  it('sends again what failed for a while, before anything behind it', async () => {
    const arrived: string[] = [];
    let failures = 1;
    const { publish } = world(async (batch) => {
      if (failures-- > 0) throw new Error('the broker is restarting');
      arrived.push(...texts(batch));
    });
    const first = publish('1');
    await new Promise((turn) => setImmediate(turn));
    await Promise.all([first, publish('2')]);
    expect(arrived).toEqual(['1', '2']);
  });

  it('finds the record that is refused; the others arrive in order', async () => {
    const arrived: string[] = [];
    const { publish } = world(async (batch) => {
      if (texts(batch).includes('5')) throw new RecordRefused('too large');
      arrived.push(...texts(batch));
    });
    const results = await Promise.allSettled(range(12).map((n) => publish(String(n))));
    expect(results.map((result) => result.status === 'rejected' && (result.reason as Error).name)).toEqual(
      range(12).map((n) => n === 5 && 'RecordRefused'),
    );
    expect(arrived).toEqual(
      range(12)
        .filter((n) => n !== 5)
        .map(String),
    );
  });

  it('is unavailable while nothing is acknowledged, even when nobody waits any more, and available with the first answer', async () => {
    const away = gate();
    const { publish, availability } = world(() => away.opened, { downAfterMs: 40 });
    const changes: boolean[] = [];
    availability.listen((available) => changes.push(available));
    await expect(publish('x', 10)).rejects.toBeInstanceOf(BusUnavailable);
    expect(availability.available).toBe(true);
    await expectSoon(async () => expect(availability.available).toBe(false));
    away.open();
    await expectSoon(async () => expect(changes).toEqual([false, true]));
  });

  it('sends what waits before it closes, and takes nothing afterwards', async () => {
    const arrived: string[] = [];
    const { queue, publish } = world(async (batch) => void arrived.push(...texts(batch)));
    const last = publish('last record');
    await queue.close();
    await last;
    expect(arrived).toEqual(['last record']);
    await expect(publish('too late')).rejects.toBeInstanceOf(BusUnavailable);
  });
});
