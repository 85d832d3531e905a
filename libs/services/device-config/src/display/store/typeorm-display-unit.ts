import type { StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import type { DisplayMessage } from '../domain/display-message';

export const MESSAGE_COLUMNS = `message_id AS id, state, wanted, reported, reported_at AS "reportedAt", answer, command, changed_at AS "changedAt"`;
export const REPORT_COLUMNS = `due, request_id AS "requestId", command, asked_at AS "askedAt", outcome, parts, completed_at AS "completedAt", not_kept AS "notKept"`;

/** The last list of messages that a station was asked for. */
export interface DisplayReport {
  /** The station is to be asked when it is there. */
  due: boolean;
  requestId: number | null;
  command: string | null;
  askedAt: Date | null;
  /** The answer to the request, or how it ended. */
  outcome: string | null;
  parts: number;
  completedAt: Date | null;
  notKept: number;
}

export const NO_REPORT: DisplayReport = {
  ...{ due: false, requestId: null, command: null, askedAt: null, outcome: null, parts: 0, completedAt: null, notKept: 0 },
};

const WRITE = `
INSERT INTO device_config.display_messages (tenant, station, message_id, state, wanted, reported, reported_at, answer, command, changed_at, in_report)
SELECT $1, $2, given.id, given.state, given.wanted, given.reported, given."reportedAt", given.answer, given.command, given."changedAt", $4
FROM json_to_recordset($3::json) AS given(id integer, state text, wanted jsonb, reported jsonb, "reportedAt" timestamptz, answer text,
  command uuid, "changedAt" timestamptz)
ON CONFLICT (tenant, station, message_id) DO UPDATE SET state = excluded.state, wanted = excluded.wanted, reported = excluded.reported,
  reported_at = excluded.reported_at, answer = excluded.answer, command = excluded.command, changed_at = excluded.changed_at,
  in_report = coalesce(excluded.in_report, display_messages.in_report)`;

/** The messages of one station within its database transaction. */
export class DisplayUnit {
  constructor(
    readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  /** All that are kept of it; they are bounded. */
  all(): Promise<DisplayMessage[]> {
    return this.select('true');
  }

  async find(id: number): Promise<DisplayMessage | null> {
    return (await this.select('message_id = $3', id))[0] ?? null;
  }

  async byCommand(command: string): Promise<DisplayMessage | null> {
    return (await this.select('command = $3', command))[0] ?? null;
  }

  /** Those that a list of the station does not have. */
  notIn(requestId: number): Promise<DisplayMessage[]> {
    return this.select('in_report IS DISTINCT FROM $3', requestId);
  }

  /** `requestId`: the list that has them. */
  async write(messages: readonly DisplayMessage[], requestId: number | null = null): Promise<void> {
    if (messages.length === 0) return;
    await this.manager.query(WRITE, [this.ref.tenant, this.ref.station, JSON.stringify(messages), requestId]);
  }

  async remove(id: number): Promise<void> {
    await this.manager.query('DELETE FROM device_config.display_messages WHERE tenant = $1 AND station = $2 AND message_id = $3', [
      this.ref.tenant,
      this.ref.station,
      id,
    ]);
  }

  async report(): Promise<DisplayReport> {
    const rows: DisplayReport[] = await this.manager.query(
      `SELECT ${REPORT_COLUMNS} FROM device_config.display_reports WHERE tenant = $1 AND station = $2`,
      [this.ref.tenant, this.ref.station],
    );
    return rows[0] ?? NO_REPORT;
  }

  async saveReport({ due, requestId, command, askedAt, outcome, parts, completedAt, notKept }: DisplayReport): Promise<void> {
    await this.manager.query(
      `INSERT INTO device_config.display_reports (tenant, station, due, request_id, command, asked_at, outcome, parts, completed_at, not_kept)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (tenant, station) DO UPDATE SET due = excluded.due, request_id = excluded.request_id, command = excluded.command,
         asked_at = excluded.asked_at, outcome = excluded.outcome, parts = excluded.parts, completed_at = excluded.completed_at,
         not_kept = excluded.not_kept`,
      [this.ref.tenant, this.ref.station, due, requestId, command, askedAt, outcome, parts, completedAt, notKept],
    );
  }

  private select(where: string, ...values: unknown[]): Promise<DisplayMessage[]> {
    return this.manager.query(
      `SELECT ${MESSAGE_COLUMNS} FROM device_config.display_messages WHERE tenant = $1 AND station = $2 AND ${where} ORDER BY message_id`,
      [this.ref.tenant, this.ref.station, ...values],
    );
  }
}
