import type { DataSource } from 'typeorm';
import type { StationRequest } from '../../station-requests';
import type { EvseReport } from '../domain/reset-request';

/** A reset of an EVSE that has not ended. */
interface EvseReset extends Pick<StationRequest, 'id' | 'tenant' | 'station'> {
  evse: number;
  sentAt: Date;
}

/** Resets of EVSEs, and what their EVSEs reported. */
export class TypeormEvseResets {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that were accepted and have not ended, whose EVSE has reported something since; the first to expire first. */
  open(most: number): Promise<EvseReset[]> {
    return this.dataSource.query(
      `SELECT r.id, r.tenant, r.station, (r.body ->> 'evse')::integer AS evse, r.sent_at AS "sentAt" FROM device_config.station_requests r
       WHERE r.kind = 'reset' AND r.ended_at IS NULL AND r.accepted_at IS NOT NULL AND r.body ->> 'evse' IS NOT NULL
         AND EXISTS (SELECT FROM device_config.connectors c WHERE c.tenant = r.tenant AND c.station = r.station
           AND c.evse = (r.body ->> 'evse')::bigint AND c.received_at >= r.sent_at)
       ORDER BY r.expires_at LIMIT $1`,
      [most],
    );
  }

  /** States of its EVSE that were received since it was sent, in order. */
  reports({ tenant, station, evse, sentAt }: EvseReset, most: number): Promise<EvseReport[]> {
    return this.dataSource.query(
      `SELECT status, received_at AS "receivedAt" FROM device_config.status_history
       WHERE tenant = $1 AND station = $2 AND evse = $3 AND kind = 'status' AND received_at >= $4 AND NOT superseded
       ORDER BY received_at, number LIMIT $5`,
      [tenant, station, evse, sentAt, most],
    );
  }
}
