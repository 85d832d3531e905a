import { CDRS, CDR_REVIEWS, toCloudEventHeaders, TENANTS, type Cdr, type HeldCdr } from '@voltbus/contracts';
import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { onCdrHeld } from './events/on-cdr-held';
import { onCdrIssued } from './events/on-cdr-issued';
import { onTenantChanged } from '../authorization/events/on-tenant-changed';
import { REMIND_AFTER_MS, remindUnbilled } from './billing-reminders';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const context = { settle: () => undefined, signal: new AbortController().signal };
function record(topic: string, tenant: string, type: string, value: unknown): BusRecord {
  const headers = toCloudEventHeaders({
    id: 'id',
    type,
    source: '/voltbus/spec',
    time: new Date().toISOString(),
    subject: `${tenant}/CS-1`,
    tenant,
  });
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return {
    topic,
    partition: 0,
    offset: 0n,
    key: `${tenant}/CS-1`,
    value: Buffer.from(JSON.stringify(value)),
    headers: bytes,
    timestamp: 0,
  };
}
async function hear(handler: Handler, records: BusRecord[]): Promise<void> {
  if (handler.shape === 'batch') return handler.handle(records, context);
  for (const one of records) await handler.handle(one, context);
}
async function ended(station: string) {
  const at = new Date(Date.now() - 60_000).toISOString();
  await service.receive({ protocol: 'ocpp1.6', station }, 'StopTransaction', { transactionId: -1, meterStop: 10, timestamp: at });
  const [account] = service.publishedEnds(station);
  if (account === undefined) throw new Error('no end told');
  return account;
}
function sweep({ later, passed = true }: { later: number; passed?: boolean }): Promise<number> {
  const now = () => new Date(Date.now() + later);
  return remindUnbilled({
    views: service.views,
    cdrs: { passed: () => Promise.resolve(passed) },
    telemetry: service.telemetry,
    wakeRelay: () => undefined,
    now,
  });
}

describe('what ended without a CDR', () => {
  it('is told again under its own id, marked as a reminder, once in each period, until a CDR is heard of', async () => {
    const account = await ended('forgotten');
    expect(await sweep({ later: REMIND_AFTER_MS - 5000 })).toBe(0);
    expect(await sweep({ later: REMIND_AFTER_MS + 5000 })).toBe(1);
    const told = service.published.filter(({ ref, event }) => ref.station === 'forgotten' && event.type === 'voltbus.transaction.ended');
    expect(told.map(({ value }) => value)).toEqual([account, { ...account, reminder: true }]);
    expect(told[1]?.event).toEqual(told[0]?.event);
    expect(await sweep({ later: REMIND_AFTER_MS + 10_000 })).toBe(0);

    const cdr: Partial<Cdr> = { kind: 'charge', tenant: 'default', station: 'forgotten', transaction: account.id, revision: 1 };
    await hear(onCdrIssued(service.views), [
      record(CDRS.name, 'default', 'voltbus.cdr.issued', cdr),
      record(CDRS.name, 'default', 'voltbus.cdr.issued', cdr),
    ]);
    expect(await sweep({ later: 3 * REMIND_AFTER_MS })).toBe(0);
  });

  it('is not judged while the lane that may hold its CDR lags', async () => {
    const account = await ended('lagging');
    expect(await sweep({ later: 5 * REMIND_AFTER_MS, passed: false })).toBe(0);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(1);
    await service.views.markBilled([{ tenant: 'default', station: 'lagging', transaction: account.id, revision: 1 }]);
  });

  it('is settled by the CDR of an earlier revision when that is told to stand', async () => {
    const account = await ended('standing');
    await service.database.query('UPDATE transactions.transactions SET revision = 2 WHERE id = $1', [account.id]);
    const cdr: Partial<Cdr> = { kind: 'charge', tenant: 'default', station: 'standing', transaction: account.id, revision: 1 };
    const told = record(CDRS.name, 'default', 'voltbus.cdr.issued', cdr);
    await hear(onCdrIssued(service.views), [{ ...told, headers: { ...told.headers, ce_billedrevision: Buffer.from('2') } }]);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(0);
  });

  it('is not told again while its CDR waits for a person; a later revision without a word is', async () => {
    const account = await ended('held');
    const held: HeldCdr = { tenant: 'default', station: 'held', transaction: account.id, revision: 1, cdr: account.id, reasons: ['clock'] };
    await hear(onCdrHeld(service.views), [record(CDR_REVIEWS.name, 'default', 'voltbus.cdr.held', held)]);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(0);
    await service.database.query('UPDATE transactions.transactions SET revision = 2 WHERE id = $1', [account.id]);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(1);
    await service.views.markBilled([{ ...held, revision: 2 }]);
  });

  it('is not settled by the CDR of an earlier revision, nor by a credit', async () => {
    const account = await ended('revised');
    await hear(onCdrIssued(service.views), [
      record(CDRS.name, 'default', 'voltbus.cdr.credited', {
        kind: 'credit',
        tenant: 'default',
        station: 'revised',
        transaction: account.id,
        revision: 1,
      }),
    ]);
    expect(await sweep({ later: REMIND_AFTER_MS + 5000 })).toBe(1);
    await service.database.query(`UPDATE transactions.transactions SET revision = 2 WHERE station = 'revised'`);
    await service.views.markBilled([{ tenant: 'default', station: 'revised', transaction: account.id, revision: 1 }]);
    expect(await sweep({ later: 3 * REMIND_AFTER_MS })).toBe(1);
    await service.views.markBilled([{ tenant: 'default', station: 'revised', transaction: account.id, revision: 2 }]);
  });
});

describe("the tenants' policies", () => {
  const authorize = (tenant: string) => service.receive({ protocol: 'ocpp1.6', station: 'CS-1', tenant }, 'Authorize', { idTag: 'NOBODY' });

  it('are kept as device-config tells them, and refused tokens are the default', async () => {
    expect(await authorize('open')).toEqual({ idTagInfo: { status: 'Invalid' } });
    await hear(onTenantChanged(service.tokenStore, service.prices), [
      record(TENANTS.name, 'open', 'voltbus.tenant.changed', { unknownTokens: 'accept' }),
    ]);
    expect(await authorize('open')).toEqual({ idTagInfo: { status: 'Accepted' } });
    await hear(onTenantChanged(service.tokenStore, service.prices), [record(TENANTS.name, 'open', 'voltbus.tenant.deleted', {})]);
    expect(await authorize('open')).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  it('that cannot be read are poison', async () => {
    await expect(
      hear(onTenantChanged(service.tokenStore, service.prices), [record(TENANTS.name, 'odd', 'voltbus.tenant.changed', {})]),
    ).rejects.toBeInstanceOf(PoisonError);
  });
});
