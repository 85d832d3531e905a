import type { Logger, Metrics } from '@voltbus/telemetry';
import type { Permission } from './auth/permissions';

/** Counts who was let in and who was not. Lines of these are the request's own; no key or address is a label. */
export class AccessTelemetry {
  private readonly failures;
  private readonly requests;
  private readonly denied;
  private readonly auditFailures;
  private readonly signIns;
  private readonly issuerKeys;

  constructor(
    metrics: Metrics,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.failures = metrics.counter('auth_failures_total', 'Requests to the API that were not let in', ['kind']);
    this.requests = metrics.counter('apikey_requests_total', 'Requests with a valid key, by whose it is', ['kind']);
    this.denied = metrics.counter('rbac_denied_total', 'Requests whose caller lacks a permission, or is limited to station groups', [
      'needed',
    ]);
    this.issuerKeys = metrics.counter('issuer_keys_fetches_total', 'Fetches of the public keys of issuers of access tokens', [
      'issuer',
      'outcome',
    ]);
    this.signIns = metrics.counter('sign_ins_total', 'People who came back from the identity provider, by what became of it', ['outcome']);
    this.auditFailures = metrics.counter('audit_write_failures_total', 'Outcomes of changes that are missing in the audit log');
  }

  /** `address`: a good key from an address that it may not be used from. `other-site`: a session's cookie that another site sent. `unavailable`: the keys, or those of an issuer of tokens, could not be read. */
  notAdmitted(kind: 'key' | 'token' | 'ticket' | 'address' | 'other-site' | 'unavailable'): void {
    this.failures.add(1, { kind });
  }

  admitted(kind: 'administrator' | 'key' | 'token' | 'ticket' | 'session'): void {
    this.requests.add(1, { kind });
  }

  accessDenied(needed: Permission): void {
    this.denied.add(1, { needed });
  }

  /** The public keys of an issuer of access tokens, by its name in the settings. */
  issuerKeysFetched(issuer: string, outcome: 'fetched' | 'failed', error?: unknown): void {
    this.issuerKeys.add(1, { issuer, outcome });
    if (outcome === 'failed') this.logger.warn({ err: error, issuer }, 'the keys of an issuer of access tokens cannot be fetched');
  }

  /** `no-access`: no rule gives the person anything. `failed`: this browser did not begin it, or the provider gave no person for it. */
  signInEnded(outcome: 'signed-in' | 'no-access' | 'failed' | 'unavailable'): void {
    this.signIns.add(1, { outcome });
  }

  /** The provider at which people sign in does not answer, or refuses the client. */
  providerFailed(error: unknown): void {
    this.logger.warn({ err: error }, 'the identity provider at which people sign in does not do its part');
  }

  outcomeNotAudited(): void {
    this.auditFailures.add(1);
  }
}
