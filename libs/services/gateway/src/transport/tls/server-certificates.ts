import { X509Certificate, createPrivateKey } from 'node:crypto';
import { MAX_PATH, issuerOf, readPem, type NamedAuthority } from '@voltbus/pki';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { secureOptions, type TlsVersion } from './tls-parameters';

interface Pair {
  x509: X509Certificate;
  cert: Buffer;
  key: Buffer;
  issuers: readonly NamedAuthority[];
}

/** The certificates by which stations know this server, and the CAs that their own must come from. */
interface ServerCertificatesParts {
  /** PEM, each with its chain, and the keys in the same order. The first is shown to a station that names no server, or one that no certificate is for. */
  certs: readonly Buffer[];
  keys: readonly Buffer[];
  clientCas: readonly Buffer[];
  minVersion: TlsVersion;
}

/** Chooses certificates by the name that a station asks for (SNI): all that are for it, so that ECDSA and RSA may stand beside each other. */
export class ServerCertificates {
  private readonly pairs: readonly Pair[];
  /** By the numbers of the pairs in it. */
  private readonly contexts = new Map<string, SecureContext>();
  /** For stations that ask for no name that we have. */
  readonly usual: SecureContextOptions;

  /** Throws where a certificate cannot be used, or a key belongs to another. */
  constructor(private readonly parts: ServerCertificatesParts) {
    this.pairs = parts.certs.map((cert, index) => pairOf(cert, parts.keys[index]));
    const [first] = this.pairs;
    if (first === undefined) throw new Error('there is no server certificate');
    this.usual = this.optionsOf(this.sameNamesAs(first));
    createSecureContext(this.usual);
    for (const pair of this.pairs) createSecureContext({ ...secureOptions(parts.minVersion), cert: pair.cert, key: pair.key }); // not first in a handshake
  }

  /** Null: the usual ones. */
  contextFor(name: string): SecureContext | null {
    const named = this.pairsFor(name);
    if (named.length === 0) return null;
    const key = named.map((pair) => this.pairs.indexOf(pair)).join();
    const context = this.contexts.get(key) ?? createSecureContext(this.optionsOf(named));
    this.contexts.set(key, context);
    return context;
  }

  /** The CAs that a certificate of ours and its chain name as their issuers; undefined: it is not one of these. */
  issuersOf({ fingerprint256 }: X509Certificate): readonly NamedAuthority[] | undefined {
    return this.pairs.find(({ x509 }) => x509.fingerprint256 === fingerprint256)?.issuers;
  }

  /** One for each kind of key, because a context holds no more: for the name itself before for a wildcard, then in the operator's order. */
  private pairsFor(name: string): Pair[] {
    const fitting = [{ wildcards: false }, {}].flatMap((options) =>
      this.pairs.filter(({ x509 }) => x509.checkHost(name, options) !== undefined),
    );
    return fitting.filter((pair, index) => fitting.findIndex((other) => kindOf(other) === kindOf(pair)) === index);
  }

  private sameNamesAs({ x509 }: Pair): Pair[] {
    return this.pairs.filter((pair) => pair.x509.subjectAltName === x509.subjectAltName && pair.x509.subject === x509.subject);
  }

  private optionsOf(pairs: readonly Pair[]): SecureContextOptions {
    const { clientCas, minVersion } = this.parts;
    return {
      ...secureOptions(minVersion),
      cert: pairs.map(({ cert }) => cert),
      key: pairs.map(({ key }) => key),
      ...(clientCas.length === 0 ? {} : { ca: [...clientCas] }),
    };
  }
}

function kindOf({ x509 }: Pair): string | undefined {
  return x509.publicKey.asymmetricKeyType;
}

function pairOf(cert: Buffer, key: Buffer | undefined): Pair {
  if (key === undefined) throw new Error('a certificate without a key');
  const x509 = new X509Certificate(cert);
  // OpenSSL would take the key of another kind of certificate for one of a certificate that is still to come.
  if (!x509.checkPrivateKey(createPrivateKey(key))) throw new Error(`the key of the certificate of ${x509.subject} is that of another`);
  return { x509, cert, key, issuers: issuersIn(cert) };
}

/** None where the chain is longer than any that is believed. */
function issuersIn(cert: Buffer): NamedAuthority[] {
  try {
    return readPem(cert.toString(), MAX_PATH).map(issuerOf);
  } catch {
    return [];
  }
}
