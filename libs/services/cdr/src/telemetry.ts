import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { defineBlock } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Seconds, up to an hour: a service may have been away. */
const DELAYS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** Writes log and metrics together, one function per thing that happened. */
export class CdrTelemetry {
  private readonly cdrs;
  private readonly delays;
  private readonly withoutPrice;
  private readonly reviews;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.cdrs = metrics.counter('cdrs_total', 'CDRs issued, and whether a tariff applied', ['kind', 'tariff']);
    this.withoutPrice = metrics.counter(
      'sessions_without_price_total',
      'Sessions billed for the first time without a tariff: none was set, or the one that was set had been removed',
      ['reason'],
    );
    for (const reason of ['none-set', 'removed']) this.withoutPrice.add(0, { reason }); // an increase is seen from the first one on
    this.reviews = metrics.counter('cdr_reviews_total', 'CDRs held for review, and what became of them', ['state']);
    this.delays = metrics.histogram(
      'cdr_delay_seconds',
      "From the event of a session's end, or of a change of its bill, to its CDRs",
      [],
      DELAYS,
    );
  }

  issued({ tenant, station, id, kind, transaction, tariff, flags }: Cdr): void {
    this.cdrs.add(1, { kind, tariff: tariff === null ? 'none' : 'applied' });
    this.logger.info({ tenant, station, cdr: id, kind, transaction, flags }, 'cdr issued');
  }

  /** `none-set`: neither a group nor the tenant names a tariff. `removed`: what they name does not exist. */
  billedWithoutPrice({ tenant, station, id }: EndedTransaction, reason: 'none-set' | 'removed'): void {
    this.withoutPrice.add(1, { reason });
    this.logger.warn({ tenant, station, transaction: id, reason }, 'session without a price: no tariff applies to it');
  }

  held({ tenant, station, id, transaction, review }: Cdr): void {
    this.reviews.add(1, { state: 'held' });
    this.logger.warn({ tenant, station, cdr: id, transaction, reasons: review?.reasons }, 'cdr held: an operator has to look at it');
  }

  /** The operator's reason stands in the CDR, not in the log. */
  decided({ tenant, station, id, transaction, review }: Cdr): void {
    const { state = 'none', by = null } = review ?? {};
    this.reviews.add(1, { state });
    this.logger.info({ tenant, station, cdr: id, transaction, state, by }, 'cdr reviewed');
  }

  /** `publishedAt`: Unix ms. */
  billedSince(publishedAt: number): void {
    this.delays.observe(Math.max(0, Date.now() - publishedAt) / 1_000);
  }

  publishedAgain(tenant: string, transaction: string): void {
    this.logger.info({ tenant, transaction }, 'cdrs of a billed transaction published again, as they were missed');
  }

  stands({ tenant, station, id, transaction }: Cdr, revision: number): void {
    this.logger.info({ tenant, station, cdr: id, transaction, revision }, 'cdr stands: late data changed nothing that is billed');
  }

  termsMissing(tenant: string): void {
    this.logger.warn({ tenant }, 'a transaction waits for the terms of its tenant');
  }
}

/** The logs and metrics of all blocks. */
export const telemetry = defineBlock({
  name: 'telemetry',
  build: ({ logger, metrics }) => new CdrTelemetry(logger, metrics),
});
