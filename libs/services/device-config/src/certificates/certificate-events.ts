import { asText, type SecurityEvent, type StationRef } from '@voltbus/contracts';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { seenEvent, type SecurityEvents } from '../security-events';
import type { StationCertificate } from './domain/certificate';
import type { CertificateKind } from './domain/certificate-kind';
import type { CertificateRequest } from './domain/certificate-request';
import type { Renewal } from './domain/renewal';

const MAX_INFO = 255;

/** One function for each thing that happens to certificates; it records the security event, and writes log and counter. */
export class CertificateEvents {
  private readonly requests;
  private readonly issuedCount;
  private readonly authorityFailures;
  private readonly renewals;

  constructor(private readonly parts: { events: Pick<SecurityEvents, 'record'>; logger: Logger; metrics: Metrics }) {
    const { metrics } = parts;
    this.requests = metrics.counter('certificate_requests_total', 'Requests of stations for certificates that have ended', ['outcome']);
    this.issuedCount = metrics.counter('certificates_issued_total', 'Certificates that were issued to stations', ['kind']);
    this.authorityFailures = metrics.counter(
      'certificate_authority_failures_total',
      'Attempts at the certificate authority that failed and are repeated',
    );
    this.renewals = metrics.counter('certificate_renewals_total', 'Renewals of certificates of stations', ['outcome']);
  }

  /** A02.FR.12. */
  async requestRefused(ref: StationRef, refusal: string, kind: CertificateKind, now: Date): Promise<void> {
    this.requests.add(1, { outcome: 'refused' });
    this.parts.logger.warn({ ...ref, refusal, kind }, 'request of a station for a certificate refused');
    await this.record(ref, { type: 'certificate-request-refused', severity: 'warning', at: now, info: `${kind}: ${refusal}` });
  }

  issued(ref: StationRef, { kind, serial, notAfter }: StationCertificate): void {
    this.issuedCount.add(1, { kind });
    this.parts.logger.info({ ...ref, kind, serial, notAfter }, 'certificate issued to a station');
  }

  authorityFailed(ref: StationRef, error: unknown): void {
    this.authorityFailures.add(1);
    this.parts.logger.warn({ ...ref, err: error }, 'certificate authority failed: will be tried again');
  }

  /** Nothing, for a request that goes on. */
  async requestEnded(ref: StationRef, { state, kind, reason, endedAt }: CertificateRequest): Promise<void> {
    if (endedAt === null || (state !== 'accepted' && state !== 'rejected' && state !== 'failed')) return;
    this.requests.add(1, { outcome: state });
    this.parts.logger.info({ ...ref, kind, state, reason }, 'request of a station for a certificate ended');
    const type = { accepted: 'certificate-renewed', rejected: 'certificate-rejected', failed: 'certificate-not-given' }[state];
    const info = reason === null ? kind : `${kind}: ${reason}`;
    await this.record(ref, { type, severity: state === 'accepted' ? 'info' : 'warning', at: endedAt, info });
  }

  async revoked(ref: StationRef, { kind, serial, revokedAt }: StationCertificate): Promise<void> {
    if (revokedAt !== null)
      await this.record(ref, { type: 'certificate-withdrawn', severity: 'info', at: revokedAt, info: `${kind} ${serial}` });
  }

  async renewalGivenUp(ref: StationRef, { kind, reason, endedAt }: Renewal): Promise<void> {
    this.renewals.add(1, { outcome: 'given-up' });
    if (endedAt !== null)
      await this.record(ref, { type: 'certificate-renewal-given-up', severity: 'warning', at: endedAt, info: `${kind}: ${reason ?? ''}` });
  }

  renewalBegun(count: number): void {
    if (count > 0) this.renewals.add(count, { outcome: 'begun' });
  }

  private async record(
    ref: StationRef,
    { at, info, ...seen }: Pick<SecurityEvent, 'type' | 'severity'> & { at: Date; info: string },
  ): Promise<void> {
    const told = asText(info.slice(0, MAX_INFO));
    await this.parts.events.record([seenEvent(ref, { ...seen, at: at.toISOString(), info: told, remoteAddress: null })]);
  }
}
