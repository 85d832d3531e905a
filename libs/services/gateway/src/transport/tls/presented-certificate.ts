import type { TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import { MAX_CHAIN, type CertificateFlaw, type ConnectionSecurity } from '../connection-security';

const LEAST_RSA_BITS = 2_048;
const CURVES = ['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'];
/**
 * The chain ends at a CA that is trusted and did not sign itself: an operator may trust the CA of its stations without all that its root has issued. Node.js takes
 * `allowPartialTrustChain` for the context of a name, and not for the one of stations that ask for none.
 */
const PARTIAL_CHAIN = 'UNABLE_TO_GET_ISSUER_CERT';
/** By the result of OpenSSL's verification. Every other one means that the certificate is not trusted. */
const FLAWS: Readonly<Record<string, CertificateFlaw>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
};

/**
 * What a station showed in our own handshake. Whether it presented a certificate is read from the certificate alone: `authorized` of Node.js is also true for a
 * resumed session of TLS 1.3 without any.
 */
export function securityOfTls(socket: TLSSocket): ConnectionSecurity {
  const presented = socket.getPeerX509Certificate();
  if (presented === undefined) return { encrypted: true, certificate: null };
  const code = String(socket.authorizationError);
  const flaw = socket.authorized || code === PARTIAL_CHAIN ? null : flawOf(presented, code);
  return { encrypted: true, certificate: { by: 'tls', leaf: presented.raw, chain: chainOf(presented), flaw } };
}

/** Node.js has no code for a key that is too weak. */
function flawOf(certificate: X509Certificate, code: string): CertificateFlaw {
  return FLAWS[code] ?? (hasStrongKey(certificate) ? 'untrusted' : 'weak-key');
}

/** A00.FR.503: 112 bits of strength or more. */
export function hasStrongKey({ publicKey }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'rsa') return modulusLength >= LEAST_RSA_BITS;
  return publicKey.asymmetricKeyType === 'ec' ? CURVES.includes(namedCurve) : publicKey.asymmetricKeyType === 'ed25519';
}

/** The certificates above it that the station sent; a resumed session has none. */
function chainOf(leaf: X509Certificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let above = leaf.issuerCertificate; above !== undefined && chain.length < MAX_CHAIN; above = above.issuerCertificate)
    chain.push(above.raw);
  return chain;
}
