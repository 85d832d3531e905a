import type { Protocol, StationRef } from '@voltbus/contracts';
import { unhandledMessageRows, type StationAllowance, type StationMessage } from '@voltbus/service';
import type { DataSource, EntityManager } from 'typeorm';

/** One message, as it came. `key`: what makes the same thing said again the same. */
export interface UnhandledMessage {
  protocol: Protocol;
  action: string;
  key: string;
  receivedAt: Date;
  payload: unknown;
}

/** Messages stored as they came, but for their secrets. */
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
      `INSERT INTO transactions.notices (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json) AS said(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** In the database transaction of its station. */
  async keep(
    manager: EntityManager,
    { tenant, station }: StationRef,
    { protocol, action, key, receivedAt, payload }: UnhandledMessage,
  ): Promise<void> {
    const text = JSON.stringify(payload);
    if (this.allowance.within([{ ref: { tenant, station } }], () => text.length).length === 0) return;
    await manager.query(
      `INSERT INTO transactions.notices (tenant, station, received_at, action, message_id, protocol, payload)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [tenant, station, receivedAt, action, key, protocol, text],
    );
  }
}
