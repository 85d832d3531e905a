import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'stations',
    holds: 'Stations',
    madeBy: 'strangers',
    bound: 'of those that register by themselves, MAX_REGISTERED_STATIONS of a tenant: beyond, unknown ones are refused as with `refuse`',
    keeping: { kind: 'own', how: 'when they are deleted' },
  },
  {
    ...OF_A_STATION,
    name: 'evse_ids',
    holds: 'EVSE ids of stations',
    madeBy: 'operators',
    bound: '128 of a station',
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'evictions',
    holds: 'Sockets to be closed and cached profiles to be dropped',
    madeBy: 'operators',
    bound: 'changes since they were last made',
    keeping: { kind: 'own', how: 'when they are made' },
  },
];
