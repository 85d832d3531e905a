import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'frames',
    holds: 'Copies of messages from and to stations',
    madeBy: 'stations',
    bound: 'of a connection, 500 at once and 10 a second: beyond, they are not copied and counted',
    keeping: { kind: 'own', how: "by whole hours, after the tenant's `keepMessagesHours`; with their station" },
    tokens: [{ how: 'removed', columns: ['payload'] }],
  },
];
