import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_OPEN, MAX_STATUSES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'station_requests',
    holds: 'Firmware updates and resets of stations and requests of their logs, with what they reported of them',
    madeBy: 'operators',
    bound: `${MAX_OPEN} of a station and kind that have not ended, then 409; ${MAX_STATUSES} statuses of each`,
    keeping: { kind: 'aged', column: 'ended_at', days: 'STATION_REQUESTS' },
  },
];
