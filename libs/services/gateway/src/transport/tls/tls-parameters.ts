import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

export type TlsVersion = '1.2' | '1.3';

/**
 * A00.FR.318 and 421: the suites that OCPP demands of a CSMS, ECDSA before RSA, and forward secrecy with RSA before the two without it. Level 2 refuses keys
 * below 112 bits of strength (RSA 2048) and signatures with SHA-1, in certificates too.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  '@SECLEVEL=2',
].join(':');

/** How long a station may resume its session, seconds: networks of stations break for minutes, and a resumption spares the signatures of both sides. */
const SESSION_SECONDS = 3_600;
/** The keys of session tickets are made anew so often, so that a stolen one opens little of what was recorded. */
export const TICKET_KEYS_MS = 12 * 3_600_000;
export const TICKET_KEY_BYTES = 48;

/** What all secure contexts for stations have in common. Renegotiation is refused, because one client could have the server sign without end. */
export function secureOptions(minVersion: TlsVersion): SecureContextOptions {
  return {
    minVersion: minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
    sessionTimeout: SESSION_SECONDS,
  };
}
