import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_TAKE_OVER_ADDRESSES } from '../domain/identity-conflict';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'take_overs',
    holds: 'Connections that took the place of another of their station',
    madeBy: 'stations',
    bound: `${MAX_TAKE_OVER_ADDRESSES} addresses of a station: the least recent go`,
    keeping: WITH_STATION,
  },
];
