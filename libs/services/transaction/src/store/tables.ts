import { OWN_TABLES, type SchemaDeclaration, type TableDeclaration } from '@voltbus/database';
import { UNHANDLED_MESSAGES_BOUND, READINGS_ALLOWANCE } from '@voltbus/service';
import { MAX_ACTIONS } from '../transactions/operator-actions';
import { MAX_QR_CODES } from '../payment/store/typeorm-qr-codes';
import { SCHEMA } from './migrations';
import { MAX_CHANGES } from '../authorization/store/typeorm-token-groups';
import { MAX_OPEN_SESSIONS, MAX_STARTS_A_DAY } from '../transactions/store/typeorm-transaction-statements';

const OF_A_STATION = { tenant: 'tenant', station: 'station' } as const;
const OF_A_TENANT = { tenant: 'tenant', station: null } as const;
const WITH_STATION = { kind: 'with', what: 'its station' } as const;
const WITH_TENANT = { kind: 'with', what: 'its tenant' } as const;
const HISTORY = { kind: 'ever', why: 'a session is priced by what held when it began' } as const;

/** As long as a station may have kept a message of the session that they belong to. */
const STATES_KEPT_DAYS = 90;
/** Nobody needs to know any more that a station was there. */
const ABSENCE_KEPT_DAYS = 30;

const sessions: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'transactions',
    holds: 'Transactions',
    madeBy: 'stations',
    bound: `of a station, ${MAX_STARTS_A_DAY} that begin within a day of each other, ${MAX_OPEN_SESSIONS} of them open: beyond, what it says is answered and kept among the notices, and the open one that was silent for longest ends (\`implicit-end\`)`,
    keeping: { kind: 'own', how: 'RETENTION_TRANSACTIONS_DAYS after their start, once sealed' },
  },
  {
    ...OF_A_STATION,
    name: 'events',
    holds: 'What stations said about transactions, with what they were answered',
    madeBy: 'stations',
    bound: "the gateway's rate of messages",
    keeping: { kind: 'own', how: 'RETENTION_READINGS_DAYS after the start of their transaction, which is sealed in the same step' },
  },
  {
    ...OF_A_STATION,
    name: 'readings',
    holds: 'What meters measured, a row for each instant',
    madeBy: 'stations',
    bound: `of a station, ${READINGS_ALLOWANCE.burst} at once and ${READINGS_ALLOWANCE.perDay} a day, what is signed or has no column by the ${READINGS_ALLOWANCE.unitBytes} bytes: beyond, they are answered and counted, and not kept`,
    keeping: { kind: 'own', how: 'RETENTION_READINGS_DAYS by whole days, once every session that began before is sealed' },
  },
  {
    ...OF_A_STATION,
    name: 'connector_states',
    holds: 'What 1.6 stations said of their connectors: charging, suspended',
    madeBy: 'stations',
    bound: "changes only, of connectors up to 255; the gateway's rate of messages",
    keeping: { kind: 'aged', column: 'received_at', days: STATES_KEPT_DAYS },
  },
  {
    ...OF_A_TENANT,
    name: 'operator_actions',
    holds: 'Who ended or corrected a transaction by hand, and why',
    madeBy: 'operators',
    bound: `${MAX_ACTIONS} for each transaction (409 \`conflict\` beyond)`,
    keeping: { kind: 'aged', column: 'at', days: 'TRANSACTIONS' },
  },
  {
    ...OF_A_STATION,
    name: 'matched_stops',
    holds: 'Which transaction a stop that named none was taken to end',
    madeBy: 'stations',
    bound: 'as transactions',
    keeping: { kind: 'with', what: 'its transaction' },
  },
  {
    ...OF_A_TENANT,
    name: 'limits',
    holds: 'How far single sessions may go',
    madeBy: 'operators',
    bound: 'one for each transaction',
    keeping: { kind: 'with', what: 'its transaction' },
  },
  {
    ...OF_A_STATION,
    name: 'settlements',
    holds: 'What stations say of payments made at them',
    madeBy: 'stations',
    bound: "the gateway's rate of messages",
    keeping: { kind: 'aged', column: 'received_at', days: 'PAYMENTS' },
  },
  {
    ...OF_A_STATION,
    name: 'notices',
    holds: 'Messages that no rule acts on, and what was said of sealed sessions',
    madeBy: 'stations',
    bound: UNHANDLED_MESSAGES_BOUND,
    keeping: { kind: 'aged', column: 'received_at', days: 'MESSAGES' },
  },
];

const stations: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'presence',
    holds: 'Which stations are connected',
    madeBy: 'stations',
    bound: 'one for each station that was admitted',
    keeping: { kind: 'aged', column: 'since', days: ABSENCE_KEPT_DAYS, where: 'NOT connected' },
  },
  {
    ...OF_A_STATION,
    name: 'capabilities',
    holds: 'What stations say they can do',
    madeBy: 'stations',
    bound: 'one for each station',
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'local_lists',
    holds: 'How the local lists of stations stand',
    madeBy: 'operators',
    bound: 'one for each station that is registered: 404 `unknown-station` for others',
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'erased_entries',
    holds: 'Entries taken out of the local list of single stations',
    madeBy: 'operators',
    bound: 'tokens of the tenant, for each station',
    keeping: { kind: 'own', how: '90 days after, once the token has changed or gone; with its station' },
  },
  {
    ...OF_A_STATION,
    name: 'qr_codes',
    holds: 'What stations show for drivers to pay by',
    madeBy: 'operators',
    bound: `${MAX_QR_CODES} of a station (409 \`conflict\` beyond), of registered stations only: 404 \`unknown-station\` for others`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'remote_starts',
    holds: 'Remote starts, and what became of them',
    madeBy: 'operators',
    bound: 'as commands',
    keeping: { kind: 'aged', column: 'asked_at', days: 'COMMANDS' },
  },
  {
    ...OF_A_STATION,
    name: 'remote_stops',
    holds: 'Remote stops, and what became of them',
    madeBy: 'operators',
    bound: 'as commands',
    keeping: { kind: 'aged', column: 'asked_at', days: 'COMMANDS' },
  },
  {
    ...OF_A_STATION,
    name: 'station_groups',
    holds: 'Groups of stations, with their history',
    madeBy: 'operators',
    bound: 'one for each change',
    keeping: HISTORY,
  },
];

const tenants: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'tenants',
    holds: 'What is needed here of the policies of tenants',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_TENANT,
    name: 'tokens',
    holds: 'Tokens',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    keeping: { kind: 'own', how: 'when they are deleted' },
  },
  {
    ...OF_A_TENANT,
    name: 'token_groups',
    holds: 'Groups of tokens, with their history',
    madeBy: 'operators',
    bound: `${MAX_CHANGES} for each token: the oldest go`,
    keeping: HISTORY,
  },
  {
    ...OF_A_TENANT,
    name: 'token_revisions',
    holds: 'The number of the last change of the tokens',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_TENANT,
    name: 'removed_tokens',
    holds: 'Tokens that were removed, for the local lists that hold them',
    madeBy: 'operators',
    bound: 'as tokens',
    keeping: { kind: 'own', how: '90 days after; older lists are sent whole' },
  },
  { ...OF_A_TENANT, name: 'terms', holds: 'Terms of tenants', madeBy: 'operators', bound: 'one for each change', keeping: HISTORY },
  {
    ...OF_A_TENANT,
    name: 'prices',
    holds: 'Tariffs, and who has which',
    madeBy: 'operators',
    bound: 'one for each change',
    keeping: HISTORY,
  },
];

/** Every table of this service, whose rows they are and how they go. */
export const TABLES: SchemaDeclaration = { schema: SCHEMA, tables: [...OWN_TABLES, ...sessions, ...stations, ...tenants] };
