import { SecretBox, DEAD_LETTERS } from '@voltbus/contracts';
import { encryptionKeys } from '@voltbus/runtime';
import { defineBlock, onRecords } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { DeadLetters } from './dead-letters';
import { DeadLettersController } from './dead-letters.controller';
import { deadLettersMigration } from './store/migrations/0020-dead-letters';
import { tables } from './store/tables';
import { TypeormDeadLetters } from './typeorm-dead-letters';

/** Records that could not be handled: stored, shown, replayed. */
export const deadLetters = defineBlock({
  name: 'dead-letters',
  migrations: [deadLettersMigration],
  tables,
  store: ({ database, settings }) => new TypeormDeadLetters(database, new SecretBox(encryptionKeys(settings), 'dead-letter')),
  build: ({ store, use, bus, now }) => ({ store, deadLetters: new DeadLetters({ store, bus, telemetry: use(telemetry), now }) }),
  on: ({ deadLetters }) => [
    onRecords(DEAD_LETTERS, async (records) => {
      for (const record of records) await deadLetters.store(record);
    }),
  ],
  controllers: [DeadLettersController],
  provides: (provide) => [provide(DeadLetters, ({ deadLetters }) => deadLetters), provide(TypeormDeadLetters, ({ store }) => store)],
});
