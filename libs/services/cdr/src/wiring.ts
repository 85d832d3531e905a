import type { Bus } from '@voltbus/bus';
import { Outbox, OutboxRelay, Retention, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { CdrTelemetry } from './telemetry';
import { HeldGauge } from './review/held-gauge';
import { Reviews } from './review/reviews';
import { TypeormReviews } from './review/typeorm-reviews';
import { Settlements } from './settlements';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { TypeormAssignments } from './store/typeorm-assignments';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormTariffs } from './store/typeorm-tariffs';
import type { Logger, Metrics } from '@voltbus/telemetry';

type Database = Awaited<ReturnType<typeof openDatabase>>;

export interface WiringParts {
  database: Database;
  outbox: Outbox;
  logger: Logger;
  metrics: Metrics;
  wakeRelay(): void;
  now?: () => Date;
}

export interface Wired {
  cdrs: TypeormCdrs;
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
  settlements: Settlements;
  reviews: Reviews;
  reviewStore: TypeormReviews;
  heldGauge: HeldGauge;
  telemetry: CdrTelemetry;
}

/** The service's classes, built around one database. */
export function wire({ database, outbox, logger, metrics, wakeRelay, now = () => new Date() }: WiringParts): Wired {
  const tariffs = new TypeormTariffs(database, outbox);
  const assignments = new TypeormAssignments(database, outbox);
  const reviewStore = new TypeormReviews(database);
  const cdrs = new TypeormCdrs(database, { outbox, tariffs, assignments, reviews: reviewStore });
  const telemetry = new CdrTelemetry(logger, metrics);
  const deciding = { store: cdrs, telemetry, wakeRelay, now };
  return {
    ...{ cdrs, tariffs, assignments, reviewStore, telemetry },
    settlements: new Settlements(deciding),
    reviews: new Reviews(deciding),
    heldGauge: new HeldGauge(reviewStore, metrics, now),
  };
}

/** The service on its own schema of the database. */
export interface Service extends Wired {
  database: Database;
  relay: OutboxRelay;
  retention: Retention;
}

export async function openService({
  url,
  poolSize,
  retention: days = USUAL_RETENTION,
  bus,
  logger,
  metrics,
}: ServiceParts): Promise<Service> {
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'cdr', metrics });
  const relay = new OutboxRelay({ dataSource: database, schema: SCHEMA, bus, logger, metrics });
  const retention = new Retention({ dataSource: database, declared: TABLES, days, metrics });
  return {
    ...wire({ database, outbox: new Outbox(SCHEMA), logger, metrics, wakeRelay: () => relay.wake() }),
    database,
    relay,
    retention,
  };
}

export interface ServiceParts {
  url: string;
  poolSize: number;
  /** How long what is kept; absent: as usual. */
  retention?: RetentionDays;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}
