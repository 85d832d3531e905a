import { CsmsError, type StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import type { LockedStation } from '../../stations/typeorm-in-station';
import type { StationCertificate } from '../domain/certificate';
import type { CertificateKind } from '../domain/certificate-kind';
import type { CertificateRequest } from '../domain/certificate-request';
import { renewed, type Renewal } from '../domain/renewal';
import { MAX_CERTIFICATES, MAX_REQUESTS, MAX_REVOKED } from '../limits';
import { addEviction } from '../../provisioning';
import { CERTIFICATE, RENEWAL, REQUEST, upsert } from './typeorm-rows';

/** Requests, certificates and renewals of one station within its database transaction. */
export class CertificateUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
    readonly station: LockedStation,
  ) {}

  async request(id: string): Promise<CertificateRequest | null> {
    return this.one(`SELECT ${REQUEST} FROM device_config.certificate_requests WHERE tenant = $1 AND station = $2 AND id = $3`, [id]);
  }

  /** The latest that has these bytes and is of that kind. */
  async sameRequest(kind: CertificateKind, digest: string): Promise<CertificateRequest | null> {
    return this.one(
      `SELECT ${REQUEST} FROM device_config.certificate_requests WHERE tenant = $1 AND station = $2 AND kind = $3 AND digest = $4
       ORDER BY received_at DESC LIMIT 1`,
      [kind, digest],
    );
  }

  async openRequests(kind: CertificateKind): Promise<CertificateRequest[]> {
    return this.all(
      `SELECT ${REQUEST} FROM device_config.certificate_requests
       WHERE tenant = $1 AND station = $2 AND kind = $3 AND state IN ('received', 'issued', 'sent')`,
      [kind],
    );
  }

  async requestsSince(kind: CertificateKind, since: Date): Promise<number> {
    const row = await this.one<{ count: number }>(
      `SELECT count(*)::integer AS count FROM device_config.certificate_requests WHERE tenant = $1 AND station = $2 AND kind = $3 AND received_at > $4`,
      [kind, since],
    );
    return row?.count ?? 0;
  }

  /** The one that this certificate was issued for. */
  async requestOf(certificate: string): Promise<CertificateRequest | null> {
    return this.one(
      `SELECT ${REQUEST} FROM device_config.certificate_requests WHERE tenant = $1 AND station = $2 AND certificate = $3 ORDER BY received_at DESC LIMIT 1`,
      [certificate],
    );
  }

  async writeRequest(request: CertificateRequest): Promise<void> {
    const { id, kind, named, protocol, requestId, digest, csr, state, tries, nextAt, command, published, certificate, reason } = request;
    const { receivedAt, issuedAt, sentAt, endedAt, usedAt } = request;
    await upsert(this.manager, 'certificate_requests', ['tenant', 'id'], {
      ...{ ...this.ref, id, kind, named, protocol, request_id: requestId, digest, csr, state, tries, next_at: nextAt, command, published },
      ...{ certificate, reason, received_at: receivedAt, issued_at: issuedAt, sent_at: sentAt, ended_at: endedAt, used_at: usedAt },
    });
    await this.manager.query(
      `DELETE FROM device_config.certificate_requests WHERE tenant = $1 AND id IN (SELECT id FROM device_config.certificate_requests
         WHERE tenant = $1 AND station = $2 ORDER BY state IN ('received', 'issued', 'sent') DESC, received_at DESC OFFSET ${MAX_REQUESTS})`,
      this.key,
    );
  }

  async certificate(id: string): Promise<StationCertificate | null> {
    return this.one(`SELECT ${CERTIFICATE} FROM device_config.certificates WHERE tenant = $1 AND station = $2 AND id = $3`, [id]);
  }

  async withFingerprint(fingerprint: string): Promise<StationCertificate | null> {
    return this.one(`SELECT ${CERTIFICATE} FROM device_config.certificates WHERE tenant = $1 AND station = $2 AND fingerprint = $3`, [
      fingerprint,
    ]);
  }

  async writeCertificate(certificate: StationCertificate): Promise<void> {
    const { id, kind, fingerprint, serial, issuer, notBefore, notAfter, chain, addedAt, acceptedAt, firstUsedAt, lastUsedAt } = certificate;
    const { revokedAt, revokedBy, revocationReason } = certificate;
    await upsert(this.manager, 'certificates', ['tenant', 'id'], {
      ...{ ...this.ref, id, kind, fingerprint, serial, issuer, not_before: notBefore, not_after: notAfter, chain, added_at: addedAt },
      ...{ accepted_at: acceptedAt, first_used_at: firstUsedAt, last_used_at: lastUsedAt },
      ...{ revoked_at: revokedAt, revoked_by: revokedBy, revocation_reason: revocationReason },
    });
    // those that still prove it, or must not, are kept before those that have expired
    await this.manager.query(
      `DELETE FROM device_config.certificates WHERE tenant = $1 AND id IN (SELECT id FROM device_config.certificates
         WHERE tenant = $1 AND station = $2 ORDER BY last_used_at DESC NULLS LAST, added_at DESC OFFSET ${MAX_CERTIFICATES})`,
      this.key,
    );
  }

  /** From now on gateways refuse what was revoked. `closes`: the station may be connected by it, and is disconnected. */
  async refuseRevoked(now: Date, closes: boolean): Promise<void> {
    await this.manager.query(
      `UPDATE device_config.stations s SET revoked_certificates = ARRAY(SELECT fingerprint FROM device_config.certificates c
         WHERE c.tenant = s.tenant AND c.station = s.station AND revoked_at IS NOT NULL AND not_after > $3) WHERE tenant = $1 AND station = $2`,
      [...this.key, now],
    );
    await addEviction(this.manager, this.ref, closes ? 'credentials-changed' : null);
  }

  /** Throws `conflict` where the list of the CA is full. */
  async addToList({ issuer, serial, revokedAt, notAfter }: StationCertificate): Promise<void> {
    await lockNamed(this.manager, `revocation list of ${issuer}`);
    const rows: { count: number }[] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM device_config.revoked_serials WHERE issuer = $1',
      [issuer],
    );
    if ((rows[0]?.count ?? 0) >= MAX_REVOKED)
      throw new CsmsError('conflict', `${MAX_REVOKED} certificates of the CA are revoked: no more may be before some of them expire`);
    await this.manager.query(
      'INSERT INTO device_config.revoked_serials (issuer, serial, revoked_at, not_after) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [issuer, serial, revokedAt, notAfter],
    );
  }

  /** Locked: whoever withdraws renewals does so without the lock of their station. */
  async renewal(kind: CertificateKind): Promise<Renewal | null> {
    return this.one(
      `SELECT ${RENEWAL} FROM device_config.certificate_renewals WHERE tenant = $1 AND station = $2 AND kind = $3 FOR UPDATE`,
      [kind],
    );
  }

  /** The station has a new certificate of the kind: that is what its renewal was for. */
  async endRenewal(kind: CertificateKind, at: Date): Promise<void> {
    const renewal = await this.renewal(kind);
    if (renewal?.endedAt === null) await this.writeRenewal(renewed(renewal, at));
  }

  async writeRenewal(renewal: Renewal): Promise<void> {
    const { id, kind, state, tries, nextAt, command, published, actor, reason, expiresAt, startedAt, askedAt, endedAt, deliverBy } =
      renewal;
    await upsert(this.manager, 'certificate_renewals', ['tenant', 'station', 'kind'], {
      ...{ ...this.ref, id, kind, state, tries, next_at: nextAt, command, published, actor, reason, deliver_by: deliverBy },
      ...{ expires_at: expiresAt, started_at: startedAt, asked_at: askedAt, ended_at: endedAt },
    });
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }

  private all<Row>(sql: string, further: readonly unknown[]): Promise<Row[]> {
    return this.manager.query(sql, [...this.key, ...further]);
  }

  private async one<Row>(sql: string, further: readonly unknown[]): Promise<Row | null> {
    return (await this.all<Row>(sql, further))[0] ?? null;
  }
}
