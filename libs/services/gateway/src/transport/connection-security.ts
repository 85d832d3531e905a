import type { NamedAuthority } from '@voltbus/pki';

/** How the connection of a station is secured, as far as this process or the proxy that ended its TLS knows. */
export interface ConnectionSecurity {
  /** TLS, up to us or to a trusted proxy. */
  encrypted: boolean;
  /** The client certificate that the station presented, whatever it is worth; null: none. */
  certificate: PresentedCertificate | null;
  /** The CAs by which the station may have believed our own certificate; absent: TLS ended elsewhere, or there is none. */
  serverIssuers?: readonly NamedAuthority[];
}

/**
 * `tls`: OpenSSL judged the chain in our own handshake, also that of a resumed session. `forwarded`: a proxy passed it on, and nobody here has looked at its
 * chain yet. `named`: a proxy judged it, and passed on no more than its common name (PROXY protocol). The station has proved that it holds the private key.
 */
export type PresentedCertificate =
  | { by: 'tls'; leaf: Uint8Array; chain: readonly Uint8Array[]; flaw: CertificateFlaw | null }
  | { by: 'forwarded'; leaf: Uint8Array; chain: readonly Uint8Array[] }
  | { by: 'named'; commonName: string; flaw: CertificateFlaw | null };

/** Certificates of a chain that are looked at: the paths that are believed have five. */
export const MAX_CHAIN = 6;

/** Why a client certificate proves nothing. */
export type CertificateFlaw = 'untrusted' | 'expired' | 'not-yet-valid' | 'weak-key' | 'revoked' | 'revocation-unknown' | 'unreadable';

export const PLAIN: ConnectionSecurity = Object.freeze({ encrypted: false, certificate: null });
