import { TRANSACTION_BILLS } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { CdrsController } from './http/cdrs.controller';
import { cdrsMigration } from './store/migrations/0020-cdrs';
import { cdrListMigration } from './store/migrations/0050-cdr-list';
import { issueOrderMigration } from './store/migrations/0060-issue-order';
import { tables } from './store/tables';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormTransactionBills } from './store/typeorm-transaction-bills';
import { TypeormIssuedCdrs } from './store/typeorm-issued-cdrs';
import { TypeormHeldCdrs } from './store/typeorm-held-cdrs';

/** Charges, credits and held CDRs: how they are made, stored, published and shown. */
export const cdrs = defineBlock({
  name: 'cdrs',
  migrations: [cdrsMigration, cdrListMigration, issueOrderMigration],
  tables,
  store: ({ database, outbox, metrics }) => {
    const held = new TypeormHeldCdrs(database);
    return {
      held,
      cdrs: new TypeormCdrs(database, { outbox, held }, metrics),
      issued: new TypeormIssuedCdrs(database),
      bills: new TypeormTransactionBills(database),
    };
  },
  build: ({ store }) => store,
  controllers: [CdrsController],
  provides: (provide) => [
    provide(TRANSACTION_BILLS, ({ bills }) => bills),
    provide(TypeormCdrs, ({ cdrs }) => cdrs),
    provide(TypeormIssuedCdrs, ({ issued }) => issued),
  ],
});
