/** Injection token of the `AuditLog`, which device-config's HTTP module provides. Without it nothing is recorded. */
export const AUDIT_LOG = Symbol.for('voltbus.audit-log');

/** Who asked for a change. */
export interface ChangeAuthor {
  /** Id of the API key, or issuer and subject of the access token; null: the administrator. */
  key: string | null;
  address: string;
  requestId: string;
  /** As the caller wrote it, if a reason was given. */
  reason: string | null;
}

/** A change that is about to be made, and its author. */
export interface AuditedChange extends ChangeAuthor {
  tenant: string;
  method: string;
  /** As the request has it, without the query. */
  path: string;
  /** The resource as the API showed it; null where there was none. */
  before: unknown;
}

/**
 * The append-only log of changes and their authors. A change is recorded before it is made, and its outcome afterwards; one whose process died in between
 * stays in the log without an outcome.
 */
export interface AuditLog {
  /** Rejects when the change cannot be recorded; it is then not made. */
  begin(change: AuditedChange): Promise<string>;
  /** Adds the status of the answer and the resource as the API shows it now; null where it was removed. */
  complete(entry: { tenant: string; id: string }, outcome: { status: number; after: unknown }): Promise<void>;
  /** Removes the entry: the request was refused and nothing was changed. */
  withdraw(entry: { tenant: string; id: string }): Promise<void>;
}
