import { COMMANDS, CONNECTIONS, DEAD_LETTERS } from '@voltbus/contracts';
import { outboxMigration } from '@voltbus/database';
import { defineBlock, type ServiceDefinition } from '@voltbus/service';
import { commands } from './commands/block';
import { dataTransfer } from './data-transfer/block';
import { deadLetters } from './dead-letters/block';
import { SCHEMA, migrations } from './store/migrations';
import { telemetry } from './telemetry';

/** The schema of all blocks. */
const schema = defineBlock({
  name: 'schema',
  migrations: migrations.filter(({ id }) => id !== outboxMigration(SCHEMA).id),
  build: () => undefined,
});

/** Commands and their results, DataTransfer, messages that no other lane claims, dead letters. */
export const router: ServiceDefinition = {
  name: 'router',
  schema: SCHEMA,
  lane: 'router',
  blocks: [schema, telemetry, commands, dataTransfer, deadLetters],
  // results are read by a subscription of their own: overdue commands are ended by how far it has read
  together: [[COMMANDS, CONNECTIONS, DEAD_LETTERS]],
};
