/**
 * `ca`: its certificate is not from a trusted CA, or is not valid. `name`: its certificate is for another name. `no-tls`: it does not speak TLS on this port.
 * `tls`: it wants TLS, and got none. `client-certificate`: it wants another client certificate, or one at all. `credentials`: it does not accept user name,
 * password or token. `rights`: the user may not do what is needed. `token`: no token could be had for it. `closed`: it closes the connection, or does not answer.
 */
export type RefusalKind = 'ca' | 'name' | 'no-tls' | 'tls' | 'client-certificate' | 'credentials' | 'rights' | 'token' | 'closed';

/** Why a server does not let a client in. All but `closed` and `token` last until somebody changes something. */
export interface Refusal {
  kind: RefusalKind;
  /** `host:port`. */
  server: string;
  /** The reason in words, without secrets. */
  reason: string;
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const INVALID: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
/** The alerts by which a server refuses a client's certificate, or the lack of one. */
const CLIENT_CERTIFICATE = /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|HANDSHAKE_FAILURE)/;
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL|BAD_RECORD_TYPE/;

/** The refusal that an error of a TLS connection shows; null where it shows none. Wrapped errors are looked through by their code. */
export function tlsRefusal(server: string, error: unknown): Refusal | null {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : null) {
    const { code, message } = at as { code?: unknown; message?: unknown };
    const kind = typeof code === 'string' ? kindOf(code, String(message)) : null;
    if (kind !== null) return { kind, server, reason: reasonOf(kind, String(message)) };
  }
  return null;
}

function kindOf(code: string, message: string): RefusalKind | null {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'name';
  if (UNTRUSTED.has(code) || INVALID.has(code)) return 'ca';
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return null;
  const words = `${code} ${message}`.toUpperCase().replaceAll(' ', '_'); // EPROTO has the rest in its message
  if (CLIENT_CERTIFICATE.test(words)) return 'client-certificate';
  return NO_TLS.test(words) ? 'no-tls' : 'closed';
}

/** OpenSSL's messages name functions and source lines. */
function reasonOf(kind: RefusalKind, message: string): string {
  if (kind === 'no-tls') return 'it does not speak TLS on this port';
  const [, alert] = /:SSL routines:[^:]*:(?:[a-z0-9]+ )?([^:]+):/i.exec(message) ?? [];
  if (kind === 'client-certificate') return `it does not accept this client's certificate (${alert ?? message})`;
  if (kind === 'closed') return `the TLS handshake fails (${alert ?? message})`;
  return `its certificate is not accepted (${message.replace(/^Connection error: /, '')})`;
}
