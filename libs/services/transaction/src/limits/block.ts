import { defineBlock } from '@voltbus/service';
import { tables } from './store/tables';
import { TypeormLimits } from './store/typeorm-limits';

export const limits = defineBlock({
  name: 'limits',
  tables,
  store: ({ database }) => new TypeormLimits(database),
  build: ({ store }) => ({ limits: store }),
  provides: (provide) => [provide(TypeormLimits, ({ limits }) => limits)],
});
