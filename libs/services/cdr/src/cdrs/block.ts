import { defineBlock } from '@voltbus/service';
import { CdrsController } from './http/cdrs.controller';
import { cdrsMigration } from './store/migrations/0020-cdrs';
import { cdrListMigration } from './store/migrations/0050-cdr-list';
import { tables } from './store/tables';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormHeldCdrs } from './store/typeorm-held-cdrs';

/** Charges, credits and held CDRs: how they are made, stored, published and shown. */
export const cdrs = defineBlock({
  name: 'cdrs',
  migrations: [cdrsMigration, cdrListMigration],
  tables,
  store: ({ database, outbox }) => {
    const held = new TypeormHeldCdrs(database);
    return { held, cdrs: new TypeormCdrs(database, { outbox, held }) };
  },
  build: ({ store }) => store,
  controllers: [CdrsController],
  provides: (provide) => [provide(TypeormCdrs, ({ cdrs }) => cdrs)],
});
