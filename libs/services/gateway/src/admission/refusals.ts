import type { CertificateFlaw, RefusalStatus } from '../transport';
import { RETRY_AFTER_SECONDS } from '../limits';

/** Why an upgrade is refused: the word of `csms.connections.v1`, of the metric and of the log. */
export type RefusalReason =
  | 'draining'
  | 'bus-away'
  | 'too-many-attempts'
  | 'no-station-url'
  | 'no-common-protocol'
  | 'no-profile'
  | 'wrong-credentials'
  | 'unknown-station'
  | 'blocked'
  /** A05.FR.07: the station must use a higher security profile than it does. */
  | 'needs-tls'
  | 'needs-certificate'
  /** The client certificate is not valid (A00.FR.405), is for another identity, or is of another organization than the tenant's stations are. */
  | `certificate-${CertificateFlaw}`
  | 'certificate-other-station'
  | 'certificate-other-organization';

export interface Refusal {
  status: RefusalStatus;
  reason: RefusalReason;
}

/** The headers that go with the status of a refusal. Stations that come back do so at random, or all would come at once. */
export function refusalHeaders(status: RefusalStatus): { headers: Record<string, string> } | null {
  if (status === 401) return { headers: { 'www-authenticate': 'Basic realm="ocpp"' } };
  if (status !== 503 && status !== 429) return null;
  const { least, most } = RETRY_AFTER_SECONDS;
  return { headers: { 'retry-after': String(Math.round(least + Math.random() * (most - least))) } };
}
