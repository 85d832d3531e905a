import { OF_A_STATION, type TableDeclaration, WITH_STATION } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'local_lists',
    holds: 'How the local lists of stations stand',
    madeBy: 'operators',
    bound: 'one for each station that is registered: 404 `unknown-station` for others',
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'erased_entries',
    holds: 'Entries taken out of the local list of single stations',
    madeBy: 'operators',
    bound: 'tokens of the tenant, for each station',
    keeping: { ...WITH_STATION, how: '90 days after, once the token has changed or gone' },
    tokens: [{ how: 'kept', columns: ['token', 'id_token'], why: 'a station that has cleared the token is not sent it again; 90 days' }],
  },
];
