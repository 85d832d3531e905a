const MINUTE_MS = 60_000;

/** Certificates that are kept of one station, those that it reports and those that were installed here. Beyond, an operator is refused, and reported ones are counted. */
export const MAX_CERTIFICATES = 200;
/** Days for which a certificate is kept that is not at its station any more. */
export const ENDED_KEPT_DAYS = 365;
/** Characters of a certificate in PEM, as InstallCertificate has it. */
export const MAX_PEM = { 'ocpp1.6': 5_500, 'ocpp2.0.1': 5_500, 'ocpp2.1': 10_000 } as const;
/** Time between two sweeps for stations to be asked what they have, and for roots that were replaced. */
export const SWEEP_INTERVAL_MS = 5_000;
/** Stations that one sweep looks at. */
export const BATCH = 100;
/** Before a root that was replaced is asked to be removed again, and how often it is asked. */
export const REMOVE_AGAIN_MS = 10 * MINUTE_MS;
export const MAX_REMOVALS = 5;
/** Hash data of one chain that is kept: ISO 15118 has three certificates below the root. */
export const MAX_CHILDREN = 4;
/** Every command has a result long before; then the list of the station tells what came of it. */
export const LOST_RESULT_MS = 60 * MINUTE_MS;
