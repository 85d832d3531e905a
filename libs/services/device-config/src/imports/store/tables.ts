import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { KEPT_DAYS, MAX_ITEMS, MAX_KEPT, MAX_WAITING } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'imports',
    holds: 'Bulk imports and how far they are',
    madeBy: 'operators',
    bound: `${MAX_KEPT} of a tenant, the oldest that has ended goes; ${MAX_WAITING} that have not ended, then 429`,
    keeping: { kind: 'aged', column: 'created_at', days: KEPT_DAYS },
  },
  {
    name: 'import_items',
    holds: 'Items of bulk imports: encrypted until they are tried, then their results',
    madeBy: 'operators',
    bound: `${MAX_ITEMS.toLocaleString('en-US')} of an import, then 413`,
    tenant: null,
    station: null,
    reached: 'import IN (SELECT id FROM device_config.imports)',
    keeping: { kind: 'with', what: 'its import' },
    sealed: [
      {
        column: 'sealed',
        form: 'bytes',
        purpose: 'import-item',
        key: ['import', 'item'],
        owner: {
          select: '(SELECT tenant FROM device_config.imports AS i WHERE i.id = of_table.import) AS tenant, import, item',
          of: ({ tenant, import: id, item }) => `${String(tenant)}/${String(id)}/${String(item)}`,
        },
      },
    ],
  },
];
