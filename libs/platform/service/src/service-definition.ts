import type { Lane, Topic } from '@voltbus/contracts';
import { OWN_TABLES, outboxMigration, type Migration, type SchemaDeclaration } from '@voltbus/database';
import type { Block } from './block';

/** A service: its blocks, in the order in which they are built. */
export interface ServiceDefinition {
  /** Consumer group, application name and prefix of health checks. */
  name: string;
  /** The database schema it owns. */
  schema: string;
  /** The lane it answers. */
  lane?: Lane;
  blocks: readonly Block[];
  /** Topics that one subscription reads; all others have one each. */
  together?: readonly (readonly Topic[])[];
}

/** Migrations of a service, by id. */
export function migrationsOf({ schema, blocks }: ServiceDefinition): readonly Migration[] {
  const own = blocks.flatMap(({ migrations = [] }) => migrations);
  return [outboxMigration(schema), ...own].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Every table of a service. */
export function tablesOf({ schema, blocks }: ServiceDefinition): SchemaDeclaration {
  return { schema, tables: [...OWN_TABLES, ...blocks.flatMap(({ tables = [] }) => tables)] };
}

/** Of tables whose rows have no tenant of their own: those that a request may reach. */
export function rowConditionsOf(definition: ServiceDefinition): Readonly<Record<string, string>> {
  return Object.fromEntries(tablesOf(definition).tables.flatMap(({ name, reached }) => (reached === undefined ? [] : [[name, reached]])));
}
