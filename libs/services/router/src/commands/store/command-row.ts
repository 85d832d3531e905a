import type { Command, CommandStatus } from '@voltbus/contracts';
import { redact } from '@voltbus/ocpp';
import type { CommandState } from '../domain/command';

/** A row of `router.commands` as the driver returns it. */
export interface CommandRow {
  tenant: string;
  id: string;
  station: string;
  action: string;
  payload: Command['payload'];
  priority: number;
  requested_by: string;
  status: CommandStatus;
  response: unknown;
  error: Command['error'];
  created_at: Date;
  sent_at: Date | null;
  ended_at: Date | null;
  keep_until: Date | null;
  send_by: Date;
  end_by: Date;
  attempts: number;
  inst: string | null;
  bucket: number | null;
  epoch: string | null;
  refused_epoch: string | null;
  sealed: Buffer | null;
  fingerprint: string | null;
  traceparent: string | null;
}

/** The command as the API shows it. Rows that were stored before secrets were removed still have them. */
export function toShown(row: CommandRow): Command {
  const command = toCommand(row);
  const { payload, response } = redact({ payload: command.payload, response: command.response }, { keyCodes: false }).payload;
  return { ...command, payload, response };
}

function toCommand(row: CommandRow): Command {
  return {
    id: row.id,
    tenant: row.tenant,
    station: row.station,
    action: row.action,
    payload: row.payload,
    status: row.status,
    response: row.response,
    error: row.error,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

export function toState(row: CommandRow): CommandState {
  const { inst, bucket, epoch } = row;
  return {
    command: toCommand(row),
    priority: row.priority,
    requestedBy: row.requested_by,
    keepUntil: row.keep_until,
    sendBy: row.send_by,
    endBy: row.end_by,
    attempts: row.attempts,
    // microseconds since 1970 stay exact until the year 2255
    address: inst === null || bucket === null || epoch === null ? null : { inst, bucket, epoch: Number(epoch) },
    refusedEpoch: row.refused_epoch === null ? null : Number(row.refused_epoch),
    sealed: row.sealed,
    fingerprint: row.fingerprint,
  };
}

/** A value for a column of type json. */
export function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
