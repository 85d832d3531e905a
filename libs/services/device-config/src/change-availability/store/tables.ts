import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_PLACES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'wanted_availability',
    holds: 'What operators want to be in service and out of service, and how far it is',
    madeBy: 'operators',
    bound: `${MAX_PLACES} places of a station: beyond, 409`,
    keeping: WITH_STATION,
  },
];
