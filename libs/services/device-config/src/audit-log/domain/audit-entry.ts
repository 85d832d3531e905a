/** A change that was asked for through the API, as the API shows it. */
export interface AuditEntry {
  id: string;
  at: string;
  actor: string;
  actorName: string | null;
  address: string;
  requestId: string;
  method: string;
  path: string;
  reason: string | null;
  before: unknown;
  after: unknown;
  /** Null: the process ended before it was known. */
  status: number | null;
}

/** Where an entry stands in the chain of its tenant. Hashes are SHA-256 in hexadecimal. */
export interface ChainPlace {
  /** From 1, without a gap. */
  position: number;
  /** Of the entry before; of the first entry: `beginningOf` its tenant. */
  previousHash: string;
  hash: string;
}

export type PlacedEntry = AuditEntry & ChainPlace;
