import type { TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'used_event_tickets',
    holds: 'Ids of tickets that have opened their event stream',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    tenant: null,
    station: null,
    keeping: { kind: 'aged', column: 'used_at', days: 1 }, // a ticket opens nothing new after a minute
  },
];
