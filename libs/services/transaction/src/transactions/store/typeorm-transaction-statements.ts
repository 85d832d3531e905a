import { LARGEST_STATION_NUMBER } from '@voltbus/contracts';
import type { Statement } from '@voltbus/database';

const COLUMNS = 'state, view, protocol, ended, updates, start_key, start_received_at, sealed_at IS NOT NULL AS sealed';

/**
 * Open transactions of one station that are looked at to find what a stop means; a station of that many is not
 * understood anyway.
 */
const MAX_OPEN = 1_000;

export const ANSWER: Statement = {
  name: 'event-answer',
  merge: ['text', 'text', 'text', 'text'],
  text: 'SELECT answer FROM transactions.events WHERE tenant = $1 AND station = $2 AND transaction = $3 AND key = $4',
};
export const LOAD: Statement = {
  name: 'transaction-load',
  merge: ['text', 'uuid'],
  text: `SELECT ${COLUMNS} FROM transactions.transactions WHERE tenant = $1 AND id = $2`,
};
export const OPEN: Statement = {
  name: 'transactions-open',
  merge: ['text', 'text', 'integer'],
  text: `SELECT ${COLUMNS} FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND evse = $3 AND ended_at IS NULL ORDER BY started_at`,
};
export const SHARING: Statement = {
  name: 'transactions-sharing-id',
  merge: ['text', 'text', 'text', 'timestamptz'],
  text: `
SELECT ${COLUMNS} FROM transactions.transactions
WHERE tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3 AND started_at <= $4 ORDER BY started_at DESC LIMIT 1`,
};
export const OPEN_AT_STATION: Statement = {
  name: 'transactions-open-at-station',
  merge: ['text', 'text'],
  text: `SELECT ${COLUMNS} FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND ended_at IS NULL ORDER BY started_at LIMIT ${MAX_OPEN}`,
};
/**
 * The most sessions of a station that begin within a day of each other: one every 17 s. Messages of further ones are
 * unhandled messages.
 */
export const MAX_STARTS_A_DAY = 5_000;
export const FULL: Statement = {
  name: 'transactions-full',
  merge: ['text', 'text', 'timestamptz'],
  text: `
SELECT 1 FROM transactions.transactions WHERE tenant = $1 AND station = $2
  AND started_at > $3::timestamptz - interval '1 day' AND started_at < $3::timestamptz + interval '1 day' OFFSET ${MAX_STARTS_A_DAY - 1} LIMIT 1`,
};
/**
 * The most sessions of a station that are open at once: twice the connectors it may have. Beyond, the one without
 * activity for longest ends.
 */
export const MAX_OPEN_SESSIONS = 256;
export const OPEN_BEYOND: Statement = {
  name: 'transactions-open-beyond',
  merge: ['text', 'text'],
  text: `
SELECT ${COLUMNS} FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND ended_at IS NULL
ORDER BY heard_at DESC, started_at DESC OFFSET ${MAX_OPEN_SESSIONS}`,
};
export const MATCHED: Statement = {
  name: 'stop-matched',
  merge: ['text', 'text', 'text'],
  text: 'SELECT transaction FROM transactions.matched_stops WHERE tenant = $1 AND station = $2 AND said = $3',
};
/** The latest counts. */
export const REMATCH: Statement = {
  name: 'stop-rematch',
  text: `INSERT INTO transactions.matched_stops (tenant, station, said, transaction) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, station, said) DO UPDATE SET transaction = excluded.transaction`,
};
export const MATCH: Statement = {
  name: 'stop-match',
  merge: ['text', 'text', 'text', 'uuid'],
  text: 'INSERT INTO transactions.matched_stops (tenant, station, said, transaction) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
};
export const STARTED_AS: Statement = {
  name: 'transaction-started-as',
  merge: ['text', 'text', 'text', 'timestamptz'],
  text: `SELECT ${COLUMNS} FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND start_key = $3
ORDER BY (start_received_at = $4) DESC, start_received_at DESC LIMIT 1`,
};
export const RECORD: Statement = {
  name: 'event-record',
  merge: ['text', 'text', 'text', 'text', 'bigint', 'text', 'timestamptz', 'timestamptz', 'text', 'jsonb', 'jsonb'],
  text: `
INSERT INTO transactions.events (tenant, station, transaction, key, seq_no, type, at, received_at, charging_state, payload, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
};
export const SAVE: Statement = {
  name: 'transaction-save',
  merge: [
    ...['text', 'uuid', 'text', 'text', 'text', 'integer', 'text', 'timestamptz', 'timestamptz', 'text', 'timestamptz'],
    ...['jsonb', 'jsonb', 'jsonb', 'integer', 'integer', 'timestamptz', 'timestamptz'],
  ],
  text: `
INSERT INTO transactions.transactions AS known
  (tenant, id, station, reference, protocol, evse, token, started_at, ended_at, start_key, start_received_at, state, view, ended, revision, updates, told_at, heard_at, said_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, least($18::timestamptz, $17))
ON CONFLICT (tenant, id) DO UPDATE SET evse = excluded.evse, token = excluded.token, started_at = excluded.started_at, ended_at = excluded.ended_at,
  state = excluded.state, view = excluded.view, ended = excluded.ended, revision = excluded.revision, updates = excluded.updates,
  heard_at = excluded.heard_at, said_at = greatest(coalesce(known.said_at, known.heard_at), excluded.said_at),
  asked_at = CASE WHEN excluded.said_at < known.asked_at THEN known.asked_at END, told_at = CASE WHEN excluded.revision > known.revision THEN excluded.told_at ELSE known.told_at END`,
};
/** A message that changes nothing but when the transaction was last active: the state, which the indexes read, is not written again (ADR 125). */
export const SAVE_ACTIVITY: Statement = {
  name: 'transaction-save-activity',
  merge: ['text', 'uuid', 'timestamptz', 'timestamptz'],
  text: `
UPDATE transactions.transactions AS known SET heard_at = $3, said_at = greatest(coalesce(known.said_at, known.heard_at), least($4::timestamptz, $3)),
  asked_at = CASE WHEN least($4::timestamptz, $3) < known.asked_at THEN known.asked_at END WHERE known.tenant = $1 AND known.id = $2`,
};
/** Only changes of the charging state, in the station's own order. */
export const STATES: Statement = {
  name: 'event-states',
  merge: ['text', 'text', 'text'],
  text: `
SELECT at, charging FROM (
  SELECT at, seq_no, charging_state = 'Charging' AS charging, lag(charging_state = 'Charging') OVER (ORDER BY seq_no, at) AS before
  FROM transactions.events WHERE tenant = $1 AND station = $2 AND transaction = $3 AND charging_state IS NOT NULL
) AS changes WHERE before IS NULL OR charging <> before ORDER BY seq_no, at`,
};
/** Numbers beyond 32 bits are clocks, or times of receipt that stand in for none: between those nothing is missing. */
export const MISSING: Statement = {
  name: 'event-gaps',
  merge: ['text', 'text', 'text'],
  text: `
SELECT (max(seq_no) - min(seq_no) + 1 - count(DISTINCT seq_no))::integer AS missing
FROM transactions.events WHERE tenant = $1 AND station = $2 AND transaction = $3 AND seq_no < ${LARGEST_STATION_NUMBER}`,
};
