import type { Bus } from '@voltbus/bus';
import { Outbox, OutboxRelay, openDatabase } from '@voltbus/persistence';
import type { Logger, Metrics } from '@voltbus/process';
import { Happenings } from './happenings';
import { Settlements } from './settlements';
import { SCHEMA, migrations } from './store/migrations';
import { TypeormAssignments } from './store/typeorm-assignments';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormTariffs } from './store/typeorm-tariffs';

type Database = Awaited<ReturnType<typeof openDatabase>>;

export interface WiringParts {
  database: Database;
  outbox: Outbox;
  logger: Logger;
  metrics: Metrics;
  wakeRelay(): void;
}

export interface Wired {
  cdrs: TypeormCdrs;
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
  settlements: Settlements;
}

/** The service's classes, built around one database. */
export function wire({ database, outbox, logger, metrics, wakeRelay }: WiringParts): Wired {
  const tariffs = new TypeormTariffs(database, outbox);
  const assignments = new TypeormAssignments(database, outbox);
  const cdrs = new TypeormCdrs(database, { outbox, tariffs, assignments });
  return {
    cdrs,
    tariffs,
    assignments,
    settlements: new Settlements({ store: cdrs, happenings: new Happenings(logger, metrics), wakeRelay }),
  };
}

/** The service on its own schema of the database. */
export interface Service extends Wired {
  database: Database;
  relay: OutboxRelay;
}

export async function openService({ url, poolSize, bus, logger, metrics }: ServiceParts): Promise<Service> {
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'cdr', metrics });
  const relay = new OutboxRelay({ dataSource: database, schema: SCHEMA, bus, logger, metrics });
  return { ...wire({ database, outbox: new Outbox(SCHEMA), logger, metrics, wakeRelay: () => relay.wake() }), database, relay };
}

export interface ServiceParts {
  url: string;
  poolSize: number;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}
