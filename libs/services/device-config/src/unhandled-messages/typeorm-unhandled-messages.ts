import { unhandledMessageRows, type StationAllowance, type StationMessage } from '@voltbus/service';
import type { DataSource } from 'typeorm';

/** Messages kept as they came, but for their secrets. */
export class TypeormUnhandledMessages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly allowance: Pick<StationAllowance, 'within'>,
  ) {}

  /** As many of a station as it may have kept. */
  async writeMany(said: readonly StationMessage[]): Promise<void> {
    const rows = unhandledMessageRows(said, this.allowance);
    if (rows.length === 0) return;
    await this.dataSource.query(
      `INSERT INTO device_config.messages (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json)
         AS said(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }
}
