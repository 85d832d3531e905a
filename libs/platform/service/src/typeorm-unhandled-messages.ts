import type { StationRef } from '@voltbus/contracts';
import type { Database } from '@voltbus/database';
import { withoutSecrets } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { StationAllowance, UNHANDLED_MESSAGES_ALLOWANCE } from './station-allowance';
import { unhandledMessageRows, type UnhandledMessage, type UnhandledMessagesTable } from './unhandled-messages';

interface UnhandledMessagesOptions {
  database: Pick<Database, 'query'>;
  table: UnhandledMessagesTable;
  /** Messages of a station were beyond its allowance, and are not stored. */
  beyond(ref: StationRef, count: number): void;
}

/** Stores messages that no rule acts on, without their secrets: as many of a station as its allowance has room for. A message is stored once. */
export class TypeormUnhandledMessages {
  private readonly allowance: StationAllowance;
  private readonly table: string;

  constructor(private readonly options: UnhandledMessagesOptions) {
    const { table, beyond } = options;
    this.table = `${table.schema}.${table.name}`;
    this.allowance = new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond });
  }

  async writeMany(messages: readonly StationMessage[]): Promise<void> {
    const rows = unhandledMessageRows(messages, this.allowance);
    if (rows.length === 0) return;
    await this.options.database.query(
      `INSERT INTO ${this.table} (tenant, station, received_at, action, message_id, protocol, payload)
       SELECT * FROM json_to_recordset($1::json)
         AS given(tenant text, station text, received_at timestamptz, action text, message_id text, protocol text, payload jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** Stores one within the caller's database transaction, without its secrets. */
  async write(
    manager: Pick<Database, 'query'>,
    { tenant, station }: StationRef,
    { protocol, action, key, receivedAt, payload }: UnhandledMessage,
  ): Promise<void> {
    const text = JSON.stringify(withoutSecrets(payload));
    if (this.allowance.within([{ ref: { tenant, station } }], () => text.length).length === 0) return;
    await manager.query(
      `INSERT INTO ${this.table} (tenant, station, received_at, action, message_id, protocol, payload)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [tenant, station, receivedAt, action, key, protocol, text],
    );
  }
}

/** Removes the messages of a station within the transaction that deletes it. */
export async function removeUnhandledMessages(
  manager: Pick<Database, 'query'>,
  { schema, name }: UnhandledMessagesTable,
  { tenant, station }: StationRef,
): Promise<void> {
  await manager.query(`DELETE FROM ${schema}.${name} WHERE tenant = $1 AND station = $2`, [tenant, station]);
}
