const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Certificates of one kind that a station may ask for within 24 hours; a repeat of a request that is known counts as none. */
export const MAX_REQUESTS_A_DAY = 5;
/** Requests and certificates of one station that are kept: the oldest that are over go first. */
export const MAX_REQUESTS = 50;
export const MAX_CERTIFICATES = 50;
/** Characters of a chain (CertificateSignedRequest.certificateChain). */
export const MAX_CHAIN_CHARACTERS = 10_000;

/** Attempts to get a certificate from the authority, and to give it to the station. */
export const MAX_ISSUE_TRIES = 8;
export const MAX_SEND_TRIES = 5;
/** Before the second attempt; each later one waits twice as long, up to `LAST_RETRY_MS`. */
export const FIRST_RETRY_MS = 30 * SECOND_MS;
export const LAST_RETRY_MS = HOUR_MS;
/** An attempt at the authority that a process has begun is nobody else's for so long. */
export const CLAIM_MS = 2 * MINUTE_MS;
/** After a command that was not sent: the station had just gone, or too many others waited for it. */
export const NOT_SENT_RETRY_MS = MINUTE_MS;
/** Before a command that was stored is published again, because its process may have died. */
export const REPUBLISH_MS = 30 * SECOND_MS;
/** Every command has a result long before. */
export const LOST_RESULT_MS = HOUR_MS;
/** Stations that one sweep looks at. */
export const BATCH = 100;

/** Messages by which a station is asked to renew a certificate, before an operator has to look at it. */
export const MAX_RENEWAL_TRIES = 5;
/** A renewal of a campaign ends when its station could not be asked for so long: nobody is asked hours after the window of the campaign. */
export const DELIVER_MS = 5 * MINUTE_MS;
/** A station that was asked has so long to come with a request and to take the certificate. */
export const RENEWAL_TIMEOUT_MS = HOUR_MS;
/** Before the second message; each later one waits four times as long, up to a day. */
export const FIRST_RENEWAL_RETRY_MS = HOUR_MS;
/** Renewals for expiry begin at a random instant within this time, so that a fleet that was set up in one night does not renew in one. */
export const RENEWAL_JITTER_MS = 12 * HOUR_MS;
/** Stations that one look, every half a minute, asks to renew: 1,200 an hour. */
export const RENEWALS_AT_ONCE = 10;

/** Serial numbers in a revocation list, which gateways read up to 1 MiB of; beyond, none can be revoked before others expire. */
export const MAX_REVOKED = 20_000;
/** A list is good for so long, and is made anew after a day and at each revocation. */
export const LIST_VALID_MS = 7 * DAY_MS;
export const LIST_RENEWED_MS = DAY_MS;
