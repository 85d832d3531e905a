import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'remote_starts',
    holds: 'Remote starts, and what became of them',
    madeBy: 'operators',
    bound: 'as commands',
    keeping: { kind: 'aged', column: 'asked_at', days: 'COMMANDS' },
    tokens: [{ how: 'pseudonymised', columns: ['token', 'id_token'] }],
  },
  {
    ...OF_A_STATION,
    name: 'remote_stops',
    holds: 'Remote stops, and what became of them',
    madeBy: 'operators',
    bound: 'as commands',
    keeping: { kind: 'aged', column: 'asked_at', days: 'COMMANDS' },
  },
];
