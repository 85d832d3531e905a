import { defineBlock } from '@voltbus/service';
import { limitsMigration } from './store/migrations/0050-limits';
import { tables } from './store/tables';
import { TypeormLimits } from './store/typeorm-limits';

export const limits = defineBlock({
  name: 'limits',
  migrations: [limitsMigration],
  tables,
  store: ({ database }) => new TypeormLimits(database),
  build: ({ store }) => ({ limits: store }),
  provides: (provide) => [provide(TypeormLimits, ({ limits }) => limits)],
});
