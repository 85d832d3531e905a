import { OF_A_STATION, OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_ACTIONS } from '../operator-actions';
import { MAX_OPEN_SESSIONS, MAX_STARTS_A_DAY } from './typeorm-transaction-statements';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'transactions',
    holds: 'Transactions',
    madeBy: 'stations',
    bound: `of a station, ${MAX_STARTS_A_DAY} that begin within a day of each other, ${MAX_OPEN_SESSIONS} of them open: beyond, its messages are answered and kept with the unhandled messages, and the open one that had no activity for longest ends (\`implicit-end\`)`,
    keeping: { kind: 'own', how: 'RETENTION_TRANSACTIONS_DAYS after their start, once sealed' },
    tokens: [
      { how: 'pseudonymised', columns: ['token', 'state', 'view', 'ended'], notYet: 'ended_at IS NULL' },
      { how: 'pseudonymised', columns: ['start_key'], when: "started_at < now() - interval '90 days'" },
    ],
  },
  {
    ...OF_A_STATION,
    name: 'events',
    holds: 'Messages of stations about transactions, with their answers',
    madeBy: 'stations',
    bound: "the gateway's rate of messages",
    keeping: { kind: 'own', how: 'RETENTION_READINGS_DAYS after the start of their transaction, which is sealed in the same step' },
    tokens: [
      { how: 'pseudonymised', columns: ['payload', 'answer'] },
      { how: 'pseudonymised', columns: ['key'], when: "received_at < now() - interval '90 days'" },
    ],
  },
  {
    ...OF_A_TENANT,
    name: 'operator_actions',
    holds: 'Who ended or corrected a transaction by hand, and why',
    madeBy: 'operators',
    bound: `${MAX_ACTIONS} for each transaction (409 \`conflict\` beyond)`,
    keeping: { kind: 'aged', column: 'at', days: 'TRANSACTIONS' },
    tokens: [{ how: 'pseudonymised', columns: ['reason', 'asked', 'before', 'after'] }],
  },
  {
    ...OF_A_STATION,
    name: 'matched_stops',
    holds: 'Which transaction a stop that named none was taken to end',
    madeBy: 'stations',
    bound: 'as transactions',
    keeping: { kind: 'with', what: 'its transaction' },
  },
];
