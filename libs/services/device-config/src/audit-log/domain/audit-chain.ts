import { createHash } from 'node:crypto';
import { canonicalJson } from '@voltbus/contracts';
import type { AuditEntry, ChainPlace } from './audit-entry';

/** Where the chain of a tenant stands: after its last entry. */
export interface ChainHead {
  position: number;
  hash: string;
}

/** What the first entry of a tenant follows. */
export function beginningOf(tenant: string): ChainHead {
  return { position: 0, hash: sha256(`voltbus audit log of ${tenant}`) };
}

/**
 * The hash of an entry: SHA-256 over its members, its position and the hash of the entry before, as canonical JSON (RFC 8785). These members and no others,
 * so that entries keep their hash when the API shows more.
 */
export function hashOf(entry: AuditEntry, { position, previousHash }: Omit<ChainPlace, 'hash'>): string {
  const { id, at, actor, actorName, address, requestId, method, path, reason, before, after, status } = entry;
  const members = { id, at, actor, actorName, address, requestId, method, path, reason, before, after, status };
  return sha256(canonicalJson({ ...members, position, previousHash }));
}

/** Gives entries their places after the head, in the order that they are given in. */
export function chain(head: ChainHead, entries: readonly AuditEntry[]): ChainPlace[] {
  let last = head;
  return entries.map((entry) => {
    const place = { position: last.position + 1, previousHash: last.hash };
    const hash = hashOf(entry, place);
    last = { position: place.position, hash };
    return { ...place, hash };
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
