/** Injection token of the `AuditLog`; provided by device-config's HTTP module. Without it nothing is recorded. */
export const AUDIT_LOG = Symbol.for('voltbus.audit-log');

/** Who changes what, before it is changed. */
export interface AuditedChange {
  tenant: string;
  /** Id of the API key; null: the administrator. */
  key: string | null;
  address: string;
  requestId: string;
  method: string;
  /** As it was asked for, without the query. */
  path: string;
  /** In the caller's words, where any were given. */
  reason: string | null;
  /** The resource as the API showed it; null: there was none, or it is made by this. */
  before: unknown;
}

/**
 * The append-only trail of who changed what. A change is recorded before it is made, and its outcome after it: one whose process died in between
 * stays in the log without an outcome.
 */
export interface AuditLog {
  /** Rejects when it cannot be recorded: the change is then not made. */
  begin(change: AuditedChange): Promise<string>;
  /** `status` of the answer, and the resource as the API shows it now; null: there is none any more. */
  complete(entry: { tenant: string; id: string }, outcome: { status: number; after: unknown }): Promise<void>;
  /** The request was refused, nothing was changed. */
  withdraw(entry: { tenant: string; id: string }): Promise<void>;
}
