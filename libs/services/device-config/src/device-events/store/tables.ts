import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { EVENTS_ALLOWANCE, MAX_OPEN_ALERTS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'device_events',
    holds: 'What stations told of their components, and error codes of 1.6',
    madeBy: 'stations',
    bound: `of a station, ${EVENTS_ALLOWANCE.burst} at once and ${EVENTS_ALLOWANCE.perDay} a day: beyond, they are answered and counted, and not kept`,
    keeping: { kind: 'aged', column: 'at', days: 'DEVICE_EVENTS' },
    tokens: [{ how: 'pseudonymised', columns: ['body'] }],
  },
  {
    ...OF_A_STATION,
    name: 'alerts',
    holds: 'What is wrong with components of stations, and what was',
    madeBy: 'stations',
    bound: `${MAX_OPEN_ALERTS} of a station are open: beyond, events are kept and raise none. No more than its events`,
    keeping: { kind: 'aged', column: 'cleared_at', days: 'DEVICE_EVENTS' },
    tokens: [{ how: 'pseudonymised', columns: ['body'] }],
  },
];
