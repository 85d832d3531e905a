import type { StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import type { PartRanges, ReportProgress } from '../domain/report';
import { MAX_REPORTS } from '../limits';

/** A report of a station about its variables. */
export interface StoredReport extends ReportProgress {
  id: string;
  requestId: number | null;
  /** `FullInventory` and the like, `GetReport` or `GetConfiguration`; null: nobody here is known to have requested it. */
  kind: string | null;
  /** Id of an API key, `administrator`, or `automatic`; null: not known. */
  requestedBy: string | null;
  begunAt: Date;
  generatedAt: Date | null;
  variables: number;
  notKept: number;
}

export const REPORT_COLUMNS = `r.id, r.request_id AS "requestId", r.kind, r.requested_by AS "requestedBy", r.requested_at AS "requestedAt", r.begun_at AS "begunAt",
  r.outcome, r.received, r.last_part AS "lastPart", r.last_part_at AS "lastPartAt", r.generated_at AS "generatedAt", r.variables, r.not_kept AS "notKept",
  r.completed_at AS "completedAt"`;

/** The reports of one station within its database transaction. */
export class ReportsUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  find(id: string): Promise<StoredReport | null> {
    return this.one('r.id = $3', id);
  }

  /** The last one with this number: a station's number may be used again. */
  byRequest(requestId: number): Promise<StoredReport | null> {
    return this.one('r.request_id = $3 ORDER BY r.begun_at DESC, r.id LIMIT 1', requestId);
  }

  async write(report: StoredReport): Promise<void> {
    const { id, requestId, kind, requestedBy, requestedAt, begunAt, outcome, received, lastPart, lastPartAt, generatedAt } = report;
    const { variables, notKept, completedAt } = report;
    await this.manager.query(
      `INSERT INTO device_config.device_reports (tenant, station, id, request_id, kind, requested_by, requested_at, begun_at, outcome, received, last_part,
         last_part_at, generated_at, variables, not_kept, completed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (tenant, station, id) DO UPDATE SET kind = excluded.kind, requested_by = excluded.requested_by, requested_at = excluded.requested_at,
         outcome = excluded.outcome, received = excluded.received, last_part = excluded.last_part, last_part_at = excluded.last_part_at,
         generated_at = excluded.generated_at, variables = excluded.variables, not_kept = excluded.not_kept,
         completed_at = excluded.completed_at, begun_at = excluded.begun_at`,
      [
        ...[this.ref.tenant, this.ref.station, id, requestId, kind, requestedBy, requestedAt, begunAt, outcome],
        ...[JSON.stringify(received satisfies PartRanges), lastPart, lastPartAt, generatedAt, variables, notKept, completedAt],
      ],
    );
    await this.forgetOld();
  }

  private async forgetOld(): Promise<void> {
    await this.manager.query(
      `DELETE FROM device_config.device_reports WHERE tenant = $1 AND station = $2 AND id IN (
         SELECT id FROM device_config.device_reports WHERE tenant = $1 AND station = $2 ORDER BY begun_at DESC, id OFFSET $3)`,
      [this.ref.tenant, this.ref.station, MAX_REPORTS],
    );
  }

  private async one(condition: string, value: unknown): Promise<StoredReport | null> {
    const rows: StoredReport[] = await this.manager.query(
      `SELECT ${REPORT_COLUMNS} FROM device_config.device_reports r WHERE r.tenant = $1 AND r.station = $2 AND ${condition}`,
      [this.ref.tenant, this.ref.station, value],
    );
    return rows[0] ?? null;
  }
}
