import type { Cdr } from '@voltbus/contracts';
import type { Logger, Metrics } from '@voltbus/process';

/** What happens here, said to log and metrics at once. */
export class Happenings {
  private readonly cdrs;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.cdrs = metrics.counter('cdrs_total', 'CDRs issued, and whether a tariff applied', ['kind', 'tariff']);
  }

  issued({ tenant, station, id, kind, transaction, tariff, flags }: Cdr): void {
    this.cdrs.add(1, { kind, tariff: tariff === null ? 'none' : 'applied' });
    this.logger.info({ tenant, station, cdr: id, kind, transaction, flags }, 'cdr issued');
  }

  toldAgain(tenant: string, transaction: string): void {
    this.logger.info({ tenant, transaction }, 'cdrs of a settled transaction told again, as they were missed');
  }

  stands({ tenant, station, id, transaction }: Cdr, revision: number): void {
    this.logger.info({ tenant, station, cdr: id, transaction, revision }, 'cdr stands: late data changed nothing that is billed');
  }

  termsMissing(tenant: string): void {
    this.logger.warn({ tenant }, 'a transaction of a tenant not yet heard of waits for its terms');
  }
}
