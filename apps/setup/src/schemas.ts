import type { Migration } from '@voltbus/database';
import * as cdr from '@voltbus/service-cdr';
import * as deviceConfig from '@voltbus/service-device-config';
import * as router from '@voltbus/service-router';
import * as transaction from '@voltbus/service-transaction';

/** What one service keeps in the database. */
export interface ServiceSchema {
  SCHEMA: string;
  migrations: readonly Migration[];
}

/** Every service that has a schema of its own. */
export const SCHEMAS: readonly ServiceSchema[] = [deviceConfig, router, transaction, cdr];
