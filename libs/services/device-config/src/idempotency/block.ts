import { IDEMPOTENCY_STORE } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { idempotencyKeysMigration } from './store/migrations/0110-idempotency-keys';
import { tables } from './store/tables';
import { TypeormIdempotencyStore } from './store/typeorm-idempotency-store';

/** Requests of the API that are carried out once, however often they are sent, of all services. */
export const idempotency = defineBlock({
  name: 'idempotency',
  migrations: [idempotencyKeysMigration],
  tables,
  build: ({ database }) => new TypeormIdempotencyStore(database),
  provides: (provide) => [provide(IDEMPOTENCY_STORE, (store) => store)],
});
