import type { StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { BEFORE_START_MS, type ConnectorState } from '../domain/connector-states';

/** A state of one connector of 1.6, which is an EVSE of its own. */
export interface StationConnectorState extends StationRef, ConnectorState {
  evse: number;
  receivedAt: Date;
}

/** Of one EVSE within a day; a state that changes more often, every 20 seconds, adds nothing. */
export const MOST_STATES_A_DAY = 5_000;
/** Read for one session. */
const MOST_STATES = 20_000;

const OF_SESSION: Statement = {
  name: 'connector-states',
  merge: ['text', 'text', 'integer', 'timestamptz', 'timestamptz'],
  text: `SELECT at, status FROM transactions.connector_states WHERE tenant = $1 AND station = $2 AND evse = $3 AND at >= $4 AND at <= coalesce($5, 'infinity'::timestamptz)
ORDER BY at LIMIT ${MOST_STATES}`,
};

/** Charging states that 1.6 stations report by StatusNotification. */
export class TypeormConnectorStates {
  constructor(private readonly dataSource: DataSource) {}

  /** Of two states of one instant the later counts. States beyond the maximum of a day are left out. */
  async write(states: readonly StationConnectorState[]): Promise<void> {
    const latest = new Map(states.map((state) => [JSON.stringify([state.tenant, state.station, state.evse, state.at]), state]));
    const rows = [...latest.values()].map(({ at, receivedAt, ...state }) => ({ ...state, at: new Date(at), received_at: receivedAt }));
    await this.dataSource.query(
      `INSERT INTO transactions.connector_states (tenant, station, evse, at, status, received_at)
       SELECT tenant, station, evse, at, status, received_at FROM json_to_recordset($1::json)
         AS reported(tenant text, station text, evse integer, at timestamptz, status text, received_at timestamptz)
       WHERE (SELECT count(*) FROM (SELECT 1 FROM transactions.connector_states known WHERE known.tenant = reported.tenant AND known.station = reported.station
         AND known.evse = reported.evse AND known.at BETWEEN reported.at - interval '1 day' AND reported.at LIMIT ${MOST_STATES_A_DAY}) AS day) < ${MOST_STATES_A_DAY}
       ORDER BY tenant, station, evse, at
       ON CONFLICT (tenant, station, evse, at) DO UPDATE SET status = excluded.status, received_at = excluded.received_at`,
      [JSON.stringify(rows)],
    );
  }

  /**
   * The sessions at the EVSE and time of the states, whose idle time they may change. Open ones are included: one that
   * another lane ends now may be summarized without them.
   */
  async around(states: readonly StationConnectorState[]): Promise<{ ref: StationRef; id: string; at: number }[]> {
    const rows: { tenant: string; station: string; id: string; at: Date }[] = await this.dataSource.query(
      `SELECT reported.tenant, reported.station, t.id, max(reported.at) AS at
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[]) AS reported(tenant, station, evse, at)
       JOIN LATERAL (SELECT id, ended_at FROM transactions.transactions t WHERE t.tenant = reported.tenant AND t.station = reported.station
         AND t.started_at <= reported.at + interval '${BEFORE_START_MS} ms' AND t.evse = reported.evse ORDER BY t.started_at DESC LIMIT 2) AS t ON coalesce(t.ended_at >= reported.at, true)
       GROUP BY reported.tenant, reported.station, t.id`,
      [
        states.map(({ tenant }) => tenant),
        states.map(({ station }) => station),
        states.map(({ evse }) => evse),
        states.map(({ at }) => new Date(at)),
      ],
    );
    return rows.map(({ tenant, station, id, at }) => ({ ref: { tenant, station }, id, at: at.getTime() }));
  }

  async ofSession(
    manager: EntityManager,
    { tenant, station }: StationRef,
    { evse, from, to }: { evse: number; from: number; to: Date | null },
  ): Promise<ConnectorState[]> {
    const values = [tenant, station, evse, new Date(from - BEFORE_START_MS), to];
    const rows = await prepared<{ at: Date; status: string }>(manager, OF_SESSION, values);
    return rows.map(({ at, status }) => ({ at: at.getTime(), status }));
  }
}
