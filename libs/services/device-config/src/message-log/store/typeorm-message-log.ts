import type { FrameCopy, StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, preparedAlone, shownAs, type ListSource, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { oldestKept } from '../domain/retention';
import { MESSAGE_LIST, type FrameRow, type MessageFilters, type MessageSort } from './typeorm-message-list';

/** Copies removed in one statement. */
const FORGET_BATCH = 5_000;

type ShownFilters = Omit<MessageFilters, 'station' | 'keptSince'>;

const WRITE: Statement = {
  name: 'message-log-write',
  text: `
INSERT INTO device_config.frames (tenant, station, at, seq, direction, type, message_id, action, latency_ms, bytes, cut, payload)
SELECT copy.tenant, station, to_timestamp(at / 1000.0), seq, direction, type, "messageId", action, "latencyMs", bytes, cut, payload
FROM json_to_recordset($1::json) AS copy(tenant text, station text, at bigint, seq bigint, direction text, type text, "messageId" text,
  action text, "latencyMs" double precision, bytes integer, cut boolean, payload text)
JOIN device_config.tenants t ON t.tenant = copy.tenant AND t.keep_messages_hours > 0
ON CONFLICT DO NOTHING`,
};

/** Copies of messages from and to stations. */
export class TypeormMessageLog {
  private readonly listed: TypeormList<FrameRow, MessageFilters, MessageSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, MESSAGE_LIST);
  }

  /** Writes those of tenants that keep a message log now: a gateway knows only the policy by which its stations were admitted. */
  async writeMany(copies: readonly FrameCopy[]): Promise<void> {
    await preparedAlone(this.dataSource, WRITE, [JSON.stringify(copies)]);
  }

  /** Those that are no older than their tenant keeps them. */
  list({ tenant, station }: StationRef, now: Date): ListSource<FrameCopy, ShownFilters, MessageSort> {
    const copies = shownAs(this.listed.of(tenant), (rows) => rows.map((row) => toCopy({ tenant, station }, row)));
    const kept = async (): Promise<ListSource<FrameCopy, ShownFilters, MessageSort> | null> => {
      const keptSince = await this.keptSince(tenant, now);
      return keptSince === null ? null : filteredBy(copies, { station, keptSince });
    };
    return {
      read: async (slice) => (await kept())?.read(slice) ?? { items: [], next: null },
      count: async (filters, most) => (await kept())?.count(filters, most) ?? { total: 0, totalIsLowerBound: false },
    };
  }

  /** Null: the tenant keeps none. */
  private async keptSince(tenant: string, now: Date): Promise<Date | null> {
    const [policy]: { hours: number }[] = await this.dataSource.query(
      `SELECT keep_messages_hours AS hours FROM device_config.tenants WHERE tenant = $1`,
      [tenant],
    );
    return policy === undefined || policy.hours === 0 ? null : oldestKept(policy.hours, now);
  }

  /** The longest that any tenant keeps its own, hours. */
  async longestKept(): Promise<number> {
    const [row]: { hours: number | null }[] = await this.dataSource.query(
      `SELECT max(keep_messages_hours) AS hours FROM device_config.tenants`,
    );
    return row?.hours ?? 0;
  }

  /** Removes copies that their own tenant keeps no longer, though another one does. */
  async forgetOld(now: Date, longestHours: number): Promise<void> {
    const shorter: { tenant: string; hours: number }[] = await this.dataSource.query(
      `SELECT tenant, keep_messages_hours AS hours FROM device_config.tenants WHERE keep_messages_hours < $1`,
      [longestHours],
    );
    for (const { tenant, hours } of shorter) while ((await this.forgetBatch(tenant, oldestKept(hours, now))) === FORGET_BATCH);
  }

  private async forgetBatch(tenant: string, oldest: Date): Promise<number> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM device_config.frames WHERE tenant = $1 AND (station, at, seq) IN (
         SELECT station, at, seq FROM device_config.frames WHERE tenant = $1 AND at < $2 LIMIT $3)`,
      [tenant, oldest, FORGET_BATCH],
    );
    return count;
  }
}

/** Within the transaction that deletes the station, or, where none is named, the tenant. */
export async function removeMessageLog(manager: EntityManager, { tenant, station }: { tenant: string; station?: string }): Promise<void> {
  await manager.query(`DELETE FROM device_config.frames WHERE tenant = $1 AND ($2::text IS NULL OR station = $2)`, [
    tenant,
    station ?? null,
  ]);
}

function toCopy(ref: StationRef, { at, seq, direction, type, message_id, action, latency_ms, bytes, cut, payload }: FrameRow): FrameCopy {
  const copy = { seq: Number(seq), at: at.getTime(), direction, type, messageId: message_id, action, latencyMs: latency_ms };
  return { ...ref, ...copy, bytes, cut, payload };
}
