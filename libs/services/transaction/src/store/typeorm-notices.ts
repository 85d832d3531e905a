import { withoutSecrets } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import type { DataSource } from 'typeorm';

/** Messages kept as they came, but for their secrets. */
export class TypeormNotices {
  constructor(private readonly dataSource: DataSource) {}

  async writeMany(messages: readonly StationMessage[]): Promise<void> {
    const rows = messages.map(({ ref, receivedAt, action, messageId, protocol, payload }) => ({
      tenant: ref.tenant,
      station: ref.station,
      received_at: receivedAt,
      action,
      message_id: String(messageId),
      protocol,
      payload: withoutSecrets(payload),
    }));
    await this.dataSource.query(
      `INSERT INTO transactions.notices (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json) AS said(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** How many it removed of those received before, the oldest first. */
  async forget(before: Date, limit: number): Promise<number> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH gone AS (DELETE FROM transactions.notices WHERE (tenant, station, received_at, action, message_id) IN (
         SELECT tenant, station, received_at, action, message_id FROM transactions.notices WHERE received_at < $1 ORDER BY received_at LIMIT $2) RETURNING 1)
       SELECT 1 FROM gone`,
      [before, limit],
    );
    return rows.length;
  }
}
