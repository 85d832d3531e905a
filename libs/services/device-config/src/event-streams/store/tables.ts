import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_REMEMBERED, MAX_STREAMS, STREAM_ALLOWANCE } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'event_streams',
    holds: 'Periodic event streams of stations, open and closed',
    madeBy: 'stations',
    bound: `${MAX_REMEMBERED} of a station, ${MAX_STREAMS} of them open: beyond, one that it opens is rejected`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'event_stream_values',
    holds: 'Values that stations sent in event streams',
    madeBy: 'stations',
    bound: `of a stream, ${STREAM_ALLOWANCE.burst} at once and ${STREAM_ALLOWANCE.perDay} a day: beyond, they are counted, and not kept`,
    keeping: { kind: 'aged', column: 'received_at', days: 'EVENT_STREAMS' },
    tokens: [{ how: 'pseudonymised', columns: ['value'] }],
  },
];
