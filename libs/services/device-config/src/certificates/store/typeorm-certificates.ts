import { CsmsError, type StationRef } from '@voltbus/contracts';
import { TypeormList, tryLocks, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { inStation, type LockedStation, type Transaction } from '../../stations/typeorm-in-station';
import type { StationCertificate } from '../domain/certificate';
import type { CertificateKind } from '../domain/certificate-kind';
import type { CertificateRequest, RequestState } from '../domain/certificate-request';
import type { Renewal, RenewalState } from '../domain/renewal';
import { BATCH, LOST_RESULT_MS, RENEWALS_AT_ONCE, REPUBLISH_MS } from '../limits';
import { CertificateUnit } from './typeorm-certificate-unit';
import {
  CERTIFICATE_LIST,
  RENEWAL_LIST,
  REQUEST_LIST,
  type CertificateFilters,
  type CertificateSort,
  type RenewalFilters,
  type RenewalSort,
  type RequestFilters,
  type RequestSort,
} from './lists';
import { CERTIFICATE, REQUEST } from './typeorm-rows';

/** Requests there is something to do about: to be issued; to be sent to a station that is connected; sent, and no result came, or the bus may not have it. */
const DUE_REQUESTS = `
SELECT r.tenant, r.station, r.id FROM device_config.certificate_requests r JOIN device_config.stations s USING (tenant, station)
WHERE (r.state = 'received' AND r.next_at <= $1) OR (r.state = 'issued' AND r.next_at <= $1 AND s.online)
   OR (r.state = 'sent' AND (r.sent_at <= $2 OR (NOT r.published AND r.sent_at <= $3)))
ORDER BY r.next_at NULLS FIRST LIMIT ${BATCH}`;

const DUE_RENEWALS = `
SELECT r.tenant, r.station, r.kind FROM device_config.certificate_renewals r JOIN device_config.stations s USING (tenant, station)
WHERE r.ended_at IS NULL AND ((r.state = 'waiting' AND r.next_at <= $1 AND s.online AND s.registration = 'accepted')
   OR (r.state = 'waiting' AND r.tries = 0 AND r.deliver_by <= $1)
   OR (r.state = 'asked' AND (r.next_at <= $1 OR (NOT r.published AND r.asked_at <= $2))))
ORDER BY r.next_at LIMIT ${RENEWALS_AT_ONCE}`;

/**
 * The newest certificate of each station and kind that it has taken or used, where that ends soon: within so many days, and in the last third of its life. A
 * renewal that has ended is not begun again for a certificate that ends no later.
 */
const EXPIRING = `
SELECT c.tenant, c.station, c.kind, c.not_after AS "expiresAt" FROM (
  SELECT DISTINCT ON (tenant, station, kind) tenant, station, kind, not_before, not_after FROM device_config.certificates
  WHERE revoked_at IS NULL AND (accepted_at IS NOT NULL OR first_used_at IS NOT NULL) ORDER BY tenant, station, kind, not_after DESC) c
WHERE c.not_after > $1 AND c.not_after - least(make_interval(days => $2::integer), (c.not_after - c.not_before) / 3) <= $1
  AND NOT EXISTS (SELECT FROM device_config.certificate_renewals r WHERE r.tenant = c.tenant AND r.station = c.station AND r.kind = c.kind
    AND (r.ended_at IS NULL OR r.expires_at >= c.not_after))
ORDER BY c.not_after LIMIT ${BATCH}`;

const TOUCH = `
UPDATE device_config.certificates c SET last_used_at = greatest(last_used_at, used.at)
FROM (SELECT tenant, station, fingerprint, max(at) AS at FROM json_to_recordset($1::json) AS given(tenant text, station text, fingerprint text, at timestamptz)
  GROUP BY 1, 2, 3) used
WHERE c.tenant = used.tenant AND c.station = used.station AND c.fingerprint = used.fingerprint AND first_used_at IS NOT NULL
RETURNING c.tenant, c.station, c.fingerprint`;

/** How far a renewal is. */
export interface FollowedRenewal {
  id: string;
  state: RenewalState;
  startedAt: Date;
  /** Of the request that came of it; null: none has. */
  request: RequestState | null;
}

export interface ExpiringCertificate extends StationRef {
  kind: CertificateKind;
  expiresAt: Date;
}

/** Certificates of stations, their requests and their renewals. */
export class TypeormCertificates {
  private readonly certificates: TypeormList<StationCertificate, CertificateFilters, CertificateSort>;
  private readonly requests: TypeormList<CertificateRequest, RequestFilters, RequestSort>;
  private readonly renewals: TypeormList<Renewal, RenewalFilters, RenewalSort>;

  constructor(private readonly dataSource: DataSource) {
    this.certificates = new TypeormList(dataSource, CERTIFICATE_LIST);
    this.requests = new TypeormList(dataSource, REQUEST_LIST);
    this.renewals = new TypeormList(dataSource, RENEWAL_LIST);
  }

  list(tenant: string): ListSource<StationCertificate, CertificateFilters, CertificateSort> {
    return this.certificates.of(tenant);
  }

  listRequests(tenant: string): ListSource<CertificateRequest, RequestFilters, RequestSort> {
    return this.requests.of(tenant);
  }

  listRenewals(tenant: string): ListSource<Renewal, RenewalFilters, RenewalSort> {
    return this.renewals.of(tenant);
  }

  async find(tenant: string, id: string): Promise<StationCertificate | null> {
    const rows: StationCertificate[] = await this.dataSource.query(
      `SELECT ${CERTIFICATE} FROM device_config.certificates WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }

  async findRequest(tenant: string, id: string): Promise<CertificateRequest | null> {
    const rows: CertificateRequest[] = await this.dataSource.query(
      `SELECT ${REQUEST} FROM device_config.certificate_requests WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }

  /** One change of a station's certificates at a time. Null: there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: CertificateUnit) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'certificates', ref, (manager, station) => work(new CertificateUnit(manager, ref, station)));
  }

  /** The lock of the station's certificates, for a caller who locks something else after it. */
  lockFirst<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'certificates', ref, work);
  }

  /** Renewals, each with the state of the latest request that its station has made since it began. */
  renewalsById(transaction: Transaction, ids: readonly string[]): Promise<FollowedRenewal[]> {
    return transaction.query(
      `SELECT r.id, r.state, r.started_at AS "startedAt", (SELECT q.state FROM device_config.certificate_requests q WHERE q.tenant = r.tenant AND q.station = r.station
         AND q.kind = r.kind AND q.received_at >= r.started_at ORDER BY q.received_at DESC LIMIT 1) AS request
       FROM device_config.certificate_renewals r WHERE r.id = ANY($1::uuid[])`,
      [ids],
    );
  }

  /** Those of which no station has heard are over: it is not asked any more. */
  async withdrawRenewals(transaction: Transaction, ids: readonly string[], now: Date): Promise<void> {
    await transaction.query(
      `UPDATE device_config.certificate_renewals SET deliver_by = $2 WHERE id = ANY($1::uuid[]) AND state = 'waiting' AND tries = 0`,
      [ids, now],
    );
  }

  /** O of the certificates of the tenant's stations. Throws `not-found` without such a tenant. */
  async organizationOf(tenant: string): Promise<string | null> {
    const rows: { organization: string | null }[] = await this.dataSource.query(
      'SELECT certificate_organization AS organization FROM device_config.tenants WHERE tenant = $1',
      [tenant],
    );
    if (rows[0] === undefined) throw new CsmsError('not-found', 'no such tenant');
    return rows[0].organization;
  }

  async dueRequests(now: Date): Promise<(StationRef & { id: string })[]> {
    return this.dataSource.query(DUE_REQUESTS, [now, ago(now, LOST_RESULT_MS), ago(now, REPUBLISH_MS)]);
  }

  async dueRenewals(now: Date): Promise<(StationRef & { kind: CertificateKind })[]> {
    return this.dataSource.query(DUE_RENEWALS, [now, ago(now, REPUBLISH_MS)]);
  }

  async expiring(now: Date, days: number): Promise<ExpiringCertificate[]> {
    return this.dataSource.query(EXPIRING, [now, days]);
  }

  /** Stations have connected by these. Returns `tenant/station/fingerprint` of those by which they had connected before. */
  async touch(used: readonly (StationRef & { fingerprint: string; at: Date })[]): Promise<Set<string>> {
    const [rows]: [(StationRef & { fingerprint: string })[], number] = await this.dataSource.query(TOUCH, [JSON.stringify(used)]);
    return new Set(rows.map(({ tenant, station, fingerprint }) => `${tenant}/${station}/${fingerprint}`));
  }

  /** The request, or the renewal, whose last command this was. */
  async ofCommand(tenant: string, command: string): Promise<{ request: string | null; kind: CertificateKind } | null> {
    const rows: { request: string | null; kind: CertificateKind }[] = await this.dataSource.query(
      `SELECT id AS request, kind FROM device_config.certificate_requests WHERE tenant = $1 AND command = $2
       UNION ALL SELECT NULL, kind FROM device_config.certificate_renewals WHERE tenant = $1 AND command = $2`,
      [tenant, command],
    );
    return rows[0] ?? null;
  }

  /** When the first certificate expires by which a station proves itself; null: there is none. */
  async firstExpiry(now: Date): Promise<Date | null> {
    const rows: { at: Date | null }[] = await this.dataSource.query(
      `SELECT min(not_after) AS at FROM (SELECT max(not_after) AS not_after FROM device_config.certificates
         WHERE revoked_at IS NULL AND (accepted_at IS NOT NULL OR first_used_at IS NOT NULL) GROUP BY tenant, station, kind) newest
       WHERE not_after > $1`,
      [now],
    );
    return rows[0]?.at ?? null;
  }

  /** Does the work in one process at a time; the others do nothing. */
  async alone(name: string, work: () => Promise<void>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, [name]);
      if (isMine === true) await work();
    });
  }
}

function ago(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}
