import { outboxMigration } from '@voltbus/database';
import { defineBlock, type ServiceDefinition } from '@voltbus/service';
import { cdrs } from './cdrs/block';
import { review } from './review/block';
import { settlement } from './settlement/block';
import { SCHEMA, migrations } from './store/migrations';
import { tariffs } from './tariffs/block';
import { telemetry } from './telemetry';

/** The schema of all blocks. */
const schema = defineBlock({
  name: 'schema',
  migrations: migrations.filter(({ id }) => id !== outboxMigration(SCHEMA).id),
  build: () => undefined,
});

/** Prices finished transactions: tariffs, CDRs, and the review of doubtful ones. */
export const cdr: ServiceDefinition = {
  name: 'cdr',
  schema: SCHEMA,
  blocks: [schema, telemetry, cdrs, review, tariffs, settlement],
};
