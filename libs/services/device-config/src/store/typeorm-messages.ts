import { withoutSecrets } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import type { DataSource } from 'typeorm';

/** How long messages are kept that no rule acts on, days. */
export const MESSAGES_KEPT_DAYS = 90;

/** Messages kept as they came, but for their secrets. */
export class TypeormMessages {
  constructor(private readonly dataSource: DataSource) {}

  async writeMany(messages: readonly StationMessage[]): Promise<void> {
    const rows = messages.map(({ ref, receivedAt, action, messageId, protocol, payload }) => ({
      ...ref,
      received_at: receivedAt,
      action,
      message_id: String(messageId),
      protocol,
      payload: withoutSecrets(payload),
    }));
    await this.dataSource.query(
      `INSERT INTO device_config.messages (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json)
         AS said(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  async forgetOld(now: Date): Promise<void> {
    await this.dataSource.query(`DELETE FROM device_config.messages WHERE received_at < $1::timestamptz - make_interval(days => $2)`, [
      now,
      MESSAGES_KEPT_DAYS,
    ]);
  }
}
