import type { EntityManager } from 'typeorm';

/** The members of a `CertificateRequest`. */
export const REQUEST = `id, station, kind, named, protocol, request_id::integer AS "requestId", digest, csr, state, tries, next_at AS "nextAt", command, published,
  certificate, reason, received_at AS "receivedAt", issued_at AS "issuedAt", sent_at AS "sentAt", ended_at AS "endedAt", used_at AS "usedAt"`;

/** The members of a `StationCertificate`. */
export const CERTIFICATE = `id, station, kind, fingerprint, serial, issuer, not_before AS "notBefore", not_after AS "notAfter", chain, added_at AS "addedAt",
  accepted_at AS "acceptedAt", first_used_at AS "firstUsedAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt", revoked_by AS "revokedBy",
  revocation_reason AS "revocationReason"`;

/** The members of a `Renewal`. */
export const RENEWAL = `id, station, kind, state, tries, next_at AS "nextAt", command, published, actor, reason, expires_at AS "expiresAt",
  deliver_by AS "deliverBy", started_at AS "startedAt", asked_at AS "askedAt", ended_at AS "endedAt"`;

/** Inserts a row, or updates the one with the same key. The names are ours; the values are bound. */
export async function upsert(
  manager: EntityManager,
  table: string,
  key: readonly string[],
  row: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = Object.keys(row);
  const places = names.map((_name, at) => `$${at + 1}`).join(', ');
  const updates = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
  await manager.query(
    `INSERT INTO device_config.${table} (${names.join(', ')}) VALUES (${places}) ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
    Object.values(row),
  );
}
