import { CDRS, CDR_REVIEWS, TENANTS, type Cdr, type HeldCdr } from '@voltbus/contracts';
import { PoisonError } from '@voltbus/bus';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { TransactionTelemetry } from '../telemetry';
import { cdrOf } from '../testing/cdr';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { remindUnbilled } from './billing-reminders';
import { REMIND_AFTER_MS } from './domain/billing-reminder';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

async function ended(station: string) {
  const at = new Date(Date.now() - 60_000).toISOString();
  await service.receive({ protocol: 'ocpp1.6', station }, 'StopTransaction', { transactionId: -1, meterStop: 10, timestamp: at });
  const [account] = service.publishedEnds(station);
  if (account === undefined) throw new Error('no end published');
  return account;
}
const issued = (cdr: Cdr, more: { billedRevision?: number } = {}): Promise<void> =>
  service.deliver(CDRS.events.issued, cdr, { station: cdr.station, ...more });
function sweep({ later, passed = true }: { later: number; passed?: boolean }): Promise<number> {
  const now = () => new Date(Date.now() + later);
  return remindUnbilled({
    views: service.views,
    cdrs: { passed: () => Promise.resolve(passed) },
    telemetry: new TransactionTelemetry(silentLogger, testMetrics()),
    wakeRelay: () => undefined,
    now,
  });
}

describe('what ended without a CDR', () => {
  it('is published again under its own id, marked as a reminder, once in each period until its CDR is received', async () => {
    const account = await ended('forgotten');
    expect(await sweep({ later: REMIND_AFTER_MS - 5000 })).toBe(0);
    expect(await sweep({ later: REMIND_AFTER_MS + 5000 })).toBe(1);
    const publishedValues = service.published.filter(
      ({ ref, event }) => ref.station === 'forgotten' && event.type === 'voltbus.transaction.ended',
    );
    expect(publishedValues.map(({ value }) => value)).toEqual([account, { ...account, reminder: true }]);
    expect(publishedValues[1]?.event).toEqual(publishedValues[0]?.event);
    expect(await sweep({ later: REMIND_AFTER_MS + 10_000 })).toBe(0);

    await issued(cdrOf(account));
    await issued(cdrOf(account));
    expect(await sweep({ later: 3 * REMIND_AFTER_MS })).toBe(0);
  });

  it('is not judged while the lane that may hold its CDR lags', async () => {
    const account = await ended('lagging');
    expect(await sweep({ later: 5 * REMIND_AFTER_MS, passed: false })).toBe(0);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(1);
    await service.views.markBilled([{ tenant: 'default', station: 'lagging', transaction: account.id, revision: 1 }]);
  });

  it('is billed by the CDR of an earlier revision that names this one as billed', async () => {
    const account = await ended('standing');
    await service.database.query('UPDATE transactions.transactions SET revision = 2 WHERE id = $1', [account.id]);
    await issued(cdrOf(account), { billedRevision: 2 });
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(0);
  });

  it('is not published again while its CDR is held; a later revision without a CDR is', async () => {
    const account = await ended('held');
    const held: HeldCdr = { tenant: 'default', station: 'held', transaction: account.id, revision: 1, cdr: account.id, reasons: ['clock'] };
    await service.deliver(CDR_REVIEWS.events.held, held, { station: 'held' });
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(0);
    await service.database.query('UPDATE transactions.transactions SET revision = 2 WHERE id = $1', [account.id]);
    expect(await sweep({ later: 5 * REMIND_AFTER_MS })).toBe(1);
    await service.views.markBilled([{ ...held, revision: 2 }]);
  });

  it('is not billed by the CDR of an earlier revision, nor by a credit', async () => {
    const account = await ended('revised');
    await service.deliver(CDRS.events.credited, cdrOf(account, { kind: 'credit' }), { station: 'revised' });
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
    await service.deliver(TENANTS.events.changed, { tenant: 'open', unknownTokens: 'accept', currency: 'EUR' }, { tenant: 'open' });
    expect(await authorize('open')).toEqual({ idTagInfo: { status: 'Accepted' } });
    await service.deliver(TENANTS.events.deleted, { tenant: 'open' }, { tenant: 'open' });
    expect(await authorize('open')).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  it('that cannot be read are poison', async () => {
    await expect(service.deliver(TENANTS.events.changed, { tenant: 'odd' }, { tenant: 'odd' })).rejects.toBeInstanceOf(PoisonError);
  });
});
