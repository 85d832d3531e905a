import { migrationsOf, serviceModules, tablesOf } from '@voltbus/service';
import { cdr } from './service';

const modules = serviceModules(cdr);

/** Bills ended transactions, relays the outbox. */
export const CdrWorkerModule = modules.worker;
/** Tariffs, CDRs and their review; and the tariff directory for every other controller of the process. */
export const CdrHttpModule = modules.http;
export const SCHEMA = cdr.schema;
export const migrations = migrationsOf(cdr);
export const TABLES = tablesOf(cdr);
