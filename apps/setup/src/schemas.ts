import type { Migration, SchemaDeclaration } from '@voltbus/database';
import { migrationsOf, rowConditionsOf, tablesOf, type ServiceDefinition } from '@voltbus/service';
import { cdr } from '@voltbus/service-cdr';
import { deviceConfig } from '@voltbus/service-device-config';
import { router } from '@voltbus/service-router';
import { transactionService } from '@voltbus/service-transaction';
import { webhooksService } from '@voltbus/service-webhooks';

/** What one service keeps in the database. */
export interface ServiceSchema {
  schema: string;
  migrations: readonly Migration[];
  declared: SchemaDeclaration;
  /** Of tables whose rows have no tenant of their own: those that a request may reach. */
  rowConditions: Readonly<Record<string, string>>;
}

/** Every service that has a schema of its own. */
export const SERVICES: readonly ServiceDefinition[] = [deviceConfig, router, transactionService, cdr, webhooksService];

export const SCHEMAS: readonly ServiceSchema[] = SERVICES.map((service) => ({
  schema: service.schema,
  migrations: migrationsOf(service),
  declared: tablesOf(service),
  rowConditions: rowConditionsOf(service),
}));
