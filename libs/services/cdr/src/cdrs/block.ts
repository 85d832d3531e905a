import type { TableDeclaration } from '@voltbus/database';
import { defineBlock } from '@voltbus/service';
import { CdrsController } from './http/cdrs.controller';
import { cdrsMigration } from './store/migrations/0020-cdrs';
import { TypeormCdrs } from './store/typeorm-cdrs';
import { TypeormHeldCdrs } from './store/typeorm-held-cdrs';

const KEEPING = { kind: 'aged', column: 'started_at', days: 'CDRS' } as const;
const BY_STATIONS = { madeBy: 'stations', tenant: 'tenant', station: 'station', keeping: KEEPING } as const;
const tables: readonly TableDeclaration[] = [
  { ...BY_STATIONS, name: 'cdrs', holds: 'CDRs', bound: 'a charge for each session, a credit and a charge for each correction' },
  {
    ...BY_STATIONS,
    name: 'reviews',
    holds: 'CDRs that waited for a person, and what was decided',
    bound: 'as CDRs, one held for each transaction',
  },
];

/** Charges, credits and held CDRs: how they are made, stored, published and shown. */
export const cdrs = defineBlock({
  name: 'cdrs',
  migrations: [cdrsMigration],
  tables,
  store: ({ database, outbox }) => {
    const held = new TypeormHeldCdrs(database);
    return { held, cdrs: new TypeormCdrs(database, { outbox, held }) };
  },
  build: ({ store }) => store,
  controllers: [CdrsController],
  provides: (provide) => [provide(TypeormCdrs, ({ cdrs }) => cdrs)],
});
