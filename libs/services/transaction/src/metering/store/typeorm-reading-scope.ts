import type { StationRef } from '@voltbus/contracts';

/** Which readings are a transaction's. */
export interface ReadingScope extends StationRef {
  /** The transaction's reference, and its OCPP id where that is another. */
  references: readonly string[];
  /** Readings that name no transaction are its own on its EVSE between these instants (quirk 45). */
  evse: number | null;
  from: Date;
  to: Date | null;
}

/** The values of a scope: tenant, station, references, evse or null, from, to or null. */
export function scopeValues({ tenant, station, references, evse, from, to }: ReadingScope) {
  return [tenant, station, references, evse, from, to] as const;
}

/** Their types. */
export const SCOPE_TYPES = ['text', 'text', 'text[]', 'integer', 'timestamptz', 'timestamptz'] as const;

/** The places of these values in a statement. */
type ScopePlaces = readonly [tenant: string, station: string, references: string, evse: string, from: string, to: string];

/**
 * The readings of a scope. Two arms, so that each goes by the index; both bounded in time, so that only the partitions of the transaction's days are touched.
 * Readings that name a transaction long after its end (quirk 81) are left out.
 */
export function scopeAt([tenant, station, references, evse, from, to]: ScopePlaces): string {
  return `(
  SELECT * FROM transactions.readings WHERE tenant = ${tenant} AND station = ${station} AND transaction = ANY(${references})
    AND at BETWEEN ${from}::timestamptz - interval '1 day' AND coalesce(${to}, 'infinity'::timestamptz) + interval '1 day'
  UNION ALL
  SELECT * FROM transactions.readings WHERE tenant = ${tenant} AND station = ${station} AND transaction = '' AND evse = ${evse}
    AND at BETWEEN ${from} AND coalesce(${to}, 'infinity'::timestamptz) AND '' <> ALL(${references})
) AS scope`;
}
