import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_REFUSED_CONNECTIONS, MAX_REFUSED_CONNECTIONS_OF_ADDRESS } from '../typeorm-refused-connections';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'refused_connections',
    holds: 'Refused connections, one row for each kind',
    madeBy: 'strangers',
    bound: `${MAX_REFUSED_CONNECTIONS} of a tenant, and of all that name none; ${MAX_REFUSED_CONNECTIONS_OF_ADDRESS} of an address: the least recent go`,
    keeping: { kind: 'aged', column: 'last_at', days: 'REFUSALS' },
  },
];
