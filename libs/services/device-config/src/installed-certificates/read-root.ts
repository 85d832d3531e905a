import { createHash, type X509Certificate } from 'node:crypto';
import { authorityOf, fingerprintOf, issued, publicKeyOf, readPem, type ReadCertificate } from '@voltbus/pki';
import { asText } from '@voltbus/contracts';
import { ALGORITHMS, type Authority, type CertificateFacts, type Identity } from './domain/installed-certificate';
import type { JudgedRoot } from './domain/root-rules';

/** Longest name (DN) that is shown. */
const MAX_NAME = 1_000;
const ONE_PEM = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/;

export interface ReadRoot {
  judged: JudgedRoot;
  facts: CertificateFacts;
  identity: Identity;
  authority: Authority;
  /** Whether the certificate of this PEM has signed it. */
  signedBy(pem: string): boolean;
}

/** Reads one certificate in PEM, and nothing before or behind it. Throws where it cannot be read. */
export function readRoot(pem: string): ReadRoot {
  if (!ONE_PEM.test(pem)) throw new Error('is not one certificate in PEM');
  const [read] = readPem(pem, 1);
  if (read === undefined) throw new Error('is not one certificate in PEM');
  return {
    judged: {
      isAuthority: read.x509.ca,
      strong: read.strong,
      key: publicKeyOf(read.x509),
      notBefore: read.notBefore,
      notAfter: read.notAfter,
      pemLength: pem.length,
    },
    facts: factsOf(read),
    identity: identityOf(read),
    authority: authorityOf(read),
    signedBy: (other) => readPem(other, 1).some((issuer) => issued(issuer, read)),
  };
}

function factsOf(read: ReadCertificate): CertificateFacts {
  const { x509, notBefore, notAfter } = read;
  return {
    ...{ fingerprint: fingerprintOf(read), subject: nameOf(x509, 'subject'), issuer: nameOf(x509, 'issuer') },
    ...{ notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() },
  };
}

/** Whose key has signed it is known of a certificate that has signed itself. */
function identityOf(read: ReadCertificate): Identity {
  const hash = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
  const isOwn = issued(read, read);
  return {
    serial: read.serial,
    hashes: Object.fromEntries(
      ALGORITHMS.map((algorithm) => [
        algorithm,
        { name: hash(algorithm, read.issuer), key: isOwn ? hash(algorithm, read.publicKey) : null },
      ]),
    ),
  };
}

function nameOf(x509: X509Certificate, whose: 'subject' | 'issuer'): string {
  return asText((x509[whose] ?? '').replaceAll('\n', ', ').slice(0, MAX_NAME));
}
