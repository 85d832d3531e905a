import type { Metrics } from '@voltbus/telemetry';
import type { Permission } from './auth/permissions';

/** Counts who was let in and who was not. Lines of these are the request's own; no key or address is a label. */
export class AccessTelemetry {
  private readonly failures;
  private readonly requests;
  private readonly denied;
  private readonly auditFailures;

  constructor(metrics: Metrics) {
    this.failures = metrics.counter('auth_failures_total', 'Requests to the API that were not let in', ['kind']);
    this.requests = metrics.counter('apikey_requests_total', 'Requests with a valid key, by whose it is', ['kind']);
    this.denied = metrics.counter('rbac_denied_total', 'Requests whose caller lacks a permission, or is limited to station groups', [
      'needed',
    ]);
    this.auditFailures = metrics.counter('audit_write_failures_total', 'Outcomes of changes that are missing in the audit log');
  }

  /** `unavailable`: the keys could not be read. */
  notAdmitted(kind: 'key' | 'ticket' | 'unavailable'): void {
    this.failures.add(1, { kind });
  }

  admitted(kind: 'administrator' | 'key' | 'ticket'): void {
    this.requests.add(1, { kind });
  }

  accessDenied(needed: Permission): void {
    this.denied.add(1, { needed });
  }

  outcomeNotAudited(): void {
    this.auditFailures.add(1);
  }
}
