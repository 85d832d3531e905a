import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';

const KEEPING = { kind: 'aged', column: 'started_at', days: 'CDRS' } as const;
const BY_STATIONS = {
  madeBy: 'stations',
  ...OF_A_STATION,
  keeping: KEEPING,
  tokens: [{ how: 'pseudonymised', columns: ['body'] }],
} as const;

export const tables: readonly TableDeclaration[] = [
  { ...BY_STATIONS, name: 'cdrs', holds: 'CDRs', bound: 'a charge for each session, a credit and a charge for each correction' },
  {
    ...BY_STATIONS,
    name: 'reviews',
    holds: 'CDRs that waited for a person, and what was decided',
    bound: 'as CDRs, one held for each transaction',
  },
];
