import type { Outbox } from '@voltbus/persistence';
import type { Logger, Metrics } from '@voltbus/process';
import { Happenings } from './happenings';
import { Settlements } from './settlements';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormTariffs } from './store/typeorm-tariffs';

export interface WiringParts {
  database: ConstructorParameters<typeof TypeormTariffs>[0];
  outbox: Outbox;
  logger: Logger;
  metrics: Metrics;
  wakeRelay(): void;
}

export interface Wired {
  cdrs: TypeormCdrs;
  tariffs: TypeormTariffs;
  settlements: Settlements;
}

/** The service's classes, built around one database. */
export function wire({ database, outbox, logger, metrics, wakeRelay }: WiringParts): Wired {
  const tariffs = new TypeormTariffs(database);
  const cdrs = new TypeormCdrs(database, { outbox, tariffs });
  return { cdrs, tariffs, settlements: new Settlements({ store: cdrs, happenings: new Happenings(logger, metrics), wakeRelay }) };
}
