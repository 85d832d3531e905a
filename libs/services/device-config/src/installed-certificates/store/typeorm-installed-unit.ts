import type { StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import type { LockedStation } from '../../stations/typeorm-in-station';
import type { Authority, InstalledCertificate, Kind } from '../domain/installed-certificate';
import type { Seen } from '../domain/removal';

export const CERTIFICATE_COLUMNS = `id, kind, state, pem, facts, identity, authority, reported, children, reported_at AS "reportedAt", replaces, removals, answer,
  command, installed_at AS "installedAt", changed_at AS "changedAt"`;
export const REPORT_COLUMNS = `due, commands, asked_at AS "askedAt", completed_at AS "completedAt", not_kept AS "notKept"`;

/** One request for certificates of some kinds, and its answer or how it ended; null: not yet. */
interface ReportCommand {
  id: string;
  kinds: readonly Kind[];
  outcome: string | null;
}

/** The last list of certificates that a station was asked for. */
export interface CertificateReport {
  /** The station is to be asked when it is there. */
  due: boolean;
  /** Stations of 1.6 tell one kind in an answer. */
  commands: readonly ReportCommand[];
  askedAt: Date | null;
  completedAt: Date | null;
  /** Certificates on it that were too many to be kept. */
  notKept: number;
}

export const NO_REPORT: CertificateReport = { due: false, commands: [], askedAt: null, completedAt: null, notKept: 0 };

const WRITE = `
INSERT INTO device_config.installed_certificates (tenant, station, id, kind, state, pem, facts, identity, authority, reported, children, reported_at, replaces,
  removals, answer, command, installed_at, changed_at)
SELECT $1, $2, given.id, given.kind, given.state, given.pem, given.facts, given.identity, given.authority, given.reported, given.children, given."reportedAt",
  given.replaces, given.removals, given.answer, given.command, given."installedAt", given."changedAt"
FROM json_to_recordset($3::json) AS given(id uuid, kind text, state text, pem text, facts jsonb, identity jsonb, authority jsonb, reported jsonb, children jsonb,
  "reportedAt" timestamptz, replaces uuid, removals integer, answer text, command uuid, "installedAt" timestamptz, "changedAt" timestamptz)
ON CONFLICT (tenant, station, id) DO UPDATE SET state = excluded.state, reported = excluded.reported, children = excluded.children,
  reported_at = excluded.reported_at, replaces = excluded.replaces, removals = excluded.removals, answer = excluded.answer, command = excluded.command,
  installed_at = excluded.installed_at, changed_at = excluded.changed_at`;

/** The certificates of one station within its database transaction. */
export class InstalledUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
    readonly station: LockedStation,
  ) {}

  /** All that are kept of it; they are bounded. */
  all(): Promise<InstalledCertificate[]> {
    return this.select('true');
  }

  async find(id: string): Promise<InstalledCertificate | null> {
    return (await this.select('id = $3', id))[0] ?? null;
  }

  async byCommand(command: string): Promise<InstalledCertificate | null> {
    return (await this.select('command = $3', command))[0] ?? null;
  }

  async write(certificates: readonly InstalledCertificate[]): Promise<void> {
    if (certificates.length === 0) return;
    await this.manager.query(WRITE, [...this.key, JSON.stringify(certificates)]);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.manager.query(
      'DELETE FROM device_config.installed_certificates WHERE tenant = $1 AND station = $2 AND id = ANY($3::uuid[])',
      [...this.key, ids],
    );
  }

  async report(): Promise<CertificateReport> {
    const rows: CertificateReport[] = await this.manager.query(
      `SELECT ${REPORT_COLUMNS} FROM device_config.certificate_reports WHERE tenant = $1 AND station = $2`,
      this.key,
    );
    return rows[0] ?? NO_REPORT;
  }

  async saveReport({ due, commands, askedAt, completedAt, notKept }: CertificateReport): Promise<void> {
    await this.manager.query(
      `INSERT INTO device_config.certificate_reports (tenant, station, due, commands, asked_at, completed_at, not_kept) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (tenant, station) DO UPDATE SET due = excluded.due, commands = excluded.commands, asked_at = excluded.asked_at,
         completed_at = excluded.completed_at, not_kept = excluded.not_kept`,
      [...this.key, due, JSON.stringify(commands), askedAt, completedAt, notKept],
    );
  }

  /** How the station was last seen since something is kept of its certificates. */
  async seen(): Promise<Seen> {
    const rows: { usedProfile: number | null; issuers: Authority[] | null; at: Date | null }[] = await this.manager.query(
      `SELECT coalesce(r.used_profile, s.used_profile) AS "usedProfile", r.issuers, r.seen_at AS at FROM device_config.stations s
       LEFT JOIN device_config.certificate_reports r ON r.tenant = s.tenant AND r.station = s.station WHERE s.tenant = $1 AND s.station = $2`,
      this.key,
    );
    return rows[0] ?? { usedProfile: null, issuers: null, at: null };
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }

  private select(where: string, ...values: unknown[]): Promise<InstalledCertificate[]> {
    return this.manager.query(
      `SELECT ${CERTIFICATE_COLUMNS} FROM device_config.installed_certificates WHERE tenant = $1 AND station = $2 AND ${where} ORDER BY changed_at, id`,
      [...this.key, ...values],
    );
  }
}
