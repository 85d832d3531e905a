/** From when on the doctor calls something wrong. */

/** A clock that differs by more makes times of events and leases wrong; the second is about what a loaded machine may add. */
export const CLOCK_WARNING_MS = 1_000;
export const CLOCK_ERROR_MS = 5_000;
/** A certificate that ends sooner. Renewal by a machine happens weeks before. */
export const CERTIFICATE_WARNING_DAYS = 21;
export const CERTIFICATE_ERROR_DAYS = 3;
/** A record that has waited for so long: stations give up after 30 s. */
export const LAG_BEHIND_MS = 60_000;
/** Events leave the outbox within two seconds while Kafka is there. */
export const OUTBOX_WARNING_SECONDS = 30;
export const OUTBOX_ERROR_SECONDS = 300;
/** Share of the connections of a Postgres that may be used: a rolling update opens more. */
export const CONNECTIONS_WARNING_SHARE = 0.8;
/** The oldest major versions that their makers still mend. */
export const OLDEST = { postgres: 14, redis: 6, node: 22 } as const;
