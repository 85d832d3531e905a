import { unhandledMessageRows, type StationAllowance, type StationMessage } from '@voltbus/service';
import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';

/** Messages that no rule acts on, without their secrets. */
export class TypeormUnhandledMessages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly allowance: Pick<StationAllowance, 'within'>,
  ) {}

  /** Stores as many of a station as its allowance has room for. */
  async writeMany(messages: readonly StationMessage[]): Promise<void> {
    const rows = unhandledMessageRows(messages, this.allowance);
    if (rows.length === 0) return;
    await this.dataSource.query(
      `INSERT INTO device_config.messages (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json)
         AS given(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }
}

/** Within the transaction that deletes the station. */
export async function removeUnhandledMessages(manager: EntityManager, { tenant, station }: StationRef): Promise<void> {
  await manager.query(`DELETE FROM device_config.messages WHERE tenant = $1 AND station = $2`, [tenant, station]);
}
