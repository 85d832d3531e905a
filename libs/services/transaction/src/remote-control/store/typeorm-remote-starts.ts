import type { StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { REMOTE_START_MS, tokenIdentity } from '../../authorization';
import type { Limit } from '../../limits';
import { START_WAIT_MS, type RemoteStart, type RequestedRemoteStart } from '../domain/remote-start';

/** 2.x names the remote start that it follows, in whichever event comes first after it (F01, F02). */
const BY_ID: Statement = {
  name: 'remote-start-by-id',
  text: 'UPDATE transactions.remote_starts SET transaction = $4 WHERE tenant = $1 AND station = $2 AND remote_start_id = $3 AND transaction IS NULL RETURNING session_limit',
};
/**
 * A token that nobody keeps here is good at its station because of its remote start, and for nothing else: a payment's,
 * a guest's (C05, C24).
 */
const ONLY_VOUCHED = 'NOT EXISTS (SELECT 1 FROM transactions.tokens k WHERE k.tenant = $1 AND k.token = $3)';
/**
 * What names none: the latest one of that token that fits the EVSE and the time; one that vouches for its token fits as
 * long as it does.
 */
const BY_TOKEN: Statement = {
  name: 'remote-start-by-token',
  text: `
UPDATE transactions.remote_starts SET transaction = $6 WHERE (tenant, station, remote_start_id) = (
  SELECT tenant, station, remote_start_id FROM transactions.remote_starts
  WHERE tenant = $1 AND station = $2 AND token = $3 AND transaction IS NULL AND refusal IS NULL
    AND ((asked_at > $4 AND (evse IS NULL OR $5::integer IS NULL OR evse = $5)) OR (asked_at > $7 AND ${ONLY_VOUCHED}))
  ORDER BY coalesce(evse = $5, false) DESC, asked_at DESC LIMIT 1) RETURNING session_limit`,
};
/** Another session of a token that is good for one start only goes no further than that. */
const VOUCHED: Statement = {
  name: 'remote-start-vouched',
  merge: ['text', 'text', 'text', 'timestamptz'],
  text: `
SELECT session_limit FROM transactions.remote_starts
WHERE tenant = $1 AND station = $2 AND token = $3 AND asked_at > $4 AND ${ONLY_VOUCHED} ORDER BY asked_at DESC LIMIT 1`,
};

/** Most sessions are begun at the station: one look tells that there is no remote start that any of the statements above would find. */
const ANY: Statement = {
  name: 'remote-start-any',
  merge: ['text', 'text', 'text', 'timestamptz'],
  text: `
SELECT 1 FROM transactions.remote_starts WHERE tenant = $1 AND station = $2 AND token = $3 AND asked_at > $4 LIMIT 1`,
};

/** Of a transaction's report: what may tie it to a remote start. */
interface Followed {
  remoteStartId: number | null;
  idToken: string;
  evse: number | null;
  receivedAt: Date;
}

type Limited = Pick<Row, 'session_limit'>;

interface Row {
  tenant: string;
  station: string;
  command: string;
  remote_start_id: number;
  id_token: string;
  evse: number | null;
  session_limit: Limit | null;
  asked_at: Date;
  refusal: string | null;
  transaction: string | null;
}

/** Remote starts, from the request to the transaction that follows. */
export class TypeormRemoteStarts {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Before its command is stored: what the station answers must find it. False when that command, or that id at the
   * station, was there before.
   */
  async remember({ tenant, station }: StationRef, start: RequestedRemoteStart): Promise<boolean> {
    const { command, remoteStartId, idToken, evse, askedAt, limit } = start;
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO transactions.remote_starts (tenant, station, command, remote_start_id, token, id_token, evse, asked_at, session_limit)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1`,
      [
        tenant,
        station,
        command,
        remoteStartId,
        tokenIdentity(idToken),
        idToken,
        evse,
        askedAt,
        limit === null ? null : JSON.stringify(limit),
      ],
    );
    return rows.length > 0;
  }

  /** Its command was not taken: nobody was asked anything. */
  async withdraw(tenant: string, command: string): Promise<void> {
    await this.dataSource.query('DELETE FROM transactions.remote_starts WHERE tenant = $1 AND command = $2', [tenant, command]);
  }

  async refused(tenant: string, command: string, refusal: string): Promise<void> {
    await this.dataSource.query('UPDATE transactions.remote_starts SET refusal = $3 WHERE tenant = $1 AND command = $2', [
      tenant,
      command,
      refusal,
    ]);
  }

  /** In the database transaction in which the session is stored: it is this remote start's. How far it may go. */
  async follow(
    manager: EntityManager,
    ref: StationRef,
    transaction: string,
    { remoteStartId, idToken, evse, receivedAt }: Followed,
  ): Promise<Limit | null> {
    const station = [ref.tenant, ref.station];
    const token = tokenIdentity(idToken);
    const ago = (ms: number): Date => new Date(receivedAt.getTime() - ms);
    const since = ago(Math.max(START_WAIT_MS, REMOTE_START_MS));
    if (remoteStartId === null && (await prepared(manager, ANY, [...station, token, since])).length === 0) return null;
    const byToken = [...station, token, ago(START_WAIT_MS), evse, transaction, ago(REMOTE_START_MS)];
    const [followed] =
      remoteStartId === null
        ? await prepared<Limited>(manager, BY_TOKEN, byToken)
        : await prepared<Limited>(manager, BY_ID, [...station, remoteStartId, transaction]);
    const [limited] = followed ? [followed] : await prepared<Limited>(manager, VOUCHED, [...station, token, ago(REMOTE_START_MS)]);
    return limited?.session_limit ?? null;
  }

  async find(tenant: string, command: string): Promise<RemoteStart | null> {
    const [row]: Row[] = await this.dataSource.query(
      `SELECT tenant, station, command, remote_start_id, id_token, evse, session_limit, asked_at, refusal, transaction
       FROM transactions.remote_starts WHERE tenant = $1 AND command = $2`,
      [tenant, command],
    );
    if (row === undefined) return null;
    const { remote_start_id: remoteStartId, id_token: idToken, session_limit: limit, asked_at: askedAt, ...rest } = row;
    return { ...rest, remoteStartId, idToken, limit, askedAt };
  }
}
