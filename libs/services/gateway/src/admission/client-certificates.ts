import type { ClientCertificate } from '@voltbus/contracts';
import {
  fingerprintOf,
  flawOf,
  idOf,
  isForClients,
  pathTo,
  readCertificate,
  readRevocationLists,
  readPem,
  statusByList,
  type ReadCertificate,
  type RevocationList,
  type Revocations,
} from '@voltbus/pki';
import { LRUCache } from 'lru-cache';
import { hasStrongKey, type CertificateFlaw, type PresentedCertificate } from '../transport';

/** CAs that an operator may trust. */
const MAX_ANCHORS = 1_000;
/** CAs between stations and a trusted one that are remembered, because a resumed TLS session does not send them again. */
const MAX_INTERMEDIATES = 100;

/** What a valid certificate says of a station. The organization is null where the certificate, or the proxy that judged it, names none. */
export interface CertificateSubject {
  commonName: string;
  organization: string | null;
  /** Null where a proxy told no more than the name. */
  certificate: ClientCertificate | null;
}

/** The CAs that stations' certificates must come from, and the revocation lists of these CAs. */
export interface CertificateTrust {
  anchors: readonly ReadCertificate[];
  lists: readonly RevocationList[];
}

/** Reads it from files, whose names are for messages; throws where one cannot be used. */
export function readCertificateTrust(cas: readonly Buffer[], crls: readonly { name: string; content: Buffer }[]): CertificateTrust {
  const anchors = cas.flatMap((pem) => readPem(pem.toString(), MAX_ANCHORS));
  const lists = crls.flatMap(({ name, content }) => {
    try {
      return readRevocationLists(content, anchors);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return { anchors, lists };
}

interface ClientCertificatesParts {
  trust(): CertificateTrust;
  /** Asks OCSP responders. */
  revocations: Pick<Revocations, 'of'>;
  /** The responders that may be asked. */
  mayAsk(address: string): boolean;
  /** A certificate whose revocation status cannot be had. */
  unavailable: 'refuse' | 'accept';
}

/** Judges the client certificates of stations (A00.FR.403 to 407): by OpenSSL's word or by its path, its dates, its key and its revocation. */
export class ClientCertificates {
  private readonly intermediates = new LRUCache<string, ReadCertificate>({ max: MAX_INTERMEDIATES });

  constructor(private readonly parts: ClientCertificatesParts) {}

  /** Never rejects: what cannot be read is `unreadable`. */
  async judge(presented: PresentedCertificate, now: Date): Promise<CertificateSubject | CertificateFlaw> {
    if (presented.by !== 'forwarded' && presented.flaw !== null) return presented.flaw;
    if (presented.by === 'named') return { commonName: presented.commonName, organization: null, certificate: null };
    try {
      const leaf = readCertificate(presented.leaf);
      const flaw = await this.flawOf(leaf, presented, now);
      if (flaw !== null) return flaw;
      const { commonName, organization } = leaf;
      return commonName === null ? 'unreadable' : { commonName, organization, certificate: describe(leaf) };
    } catch {
      return 'unreadable';
    }
  }

  private async flawOf(
    leaf: ReadCertificate,
    { by, chain }: Extract<PresentedCertificate, { leaf: Uint8Array }>,
    now: Date,
  ): Promise<CertificateFlaw | null> {
    // Also of a certificate that OpenSSL judged: perhaps hours ago, before its session was resumed.
    if (leaf.notBefore > now) return 'not-yet-valid';
    if (leaf.notAfter < now) return 'expired';
    if (!hasStrongKey(leaf.x509)) return 'weak-key';
    const { anchors, lists } = this.parts.trust();
    const sent = chain.map((der) => readCertificate(der));
    const pool = by === 'tls' ? [...sent, ...this.intermediates.values()] : sent;
    const path = pathTo(leaf, { anchors, pool });
    if (path === null) return 'untrusted';
    // Only those that lead to a trusted one: a station may send any others, which would take their places.
    if (by === 'tls') for (const one of path.slice(1, -1)) this.intermediates.set(one.x509.fingerprint256, one);
    const broken = flawOf(path, now);
    if (broken !== null) return broken === 'expired' ? 'expired' : 'untrusted';
    if (leaf.x509.ca || !isForClients(leaf)) return 'untrusted';
    return this.revocationOf(path, { anchors, pool }, lists, now);
  }

  /** A list of the issuer decides, else the responder that the certificate names; without either nothing is known of any certificate, and none is refused. */
  private async revocationOf(
    path: readonly ReadCertificate[],
    trust: { anchors: readonly ReadCertificate[]; pool: readonly ReadCertificate[] },
    lists: readonly RevocationList[],
    now: Date,
  ): Promise<CertificateFlaw | null> {
    if (path.slice(0, -1).some((one) => statusByList(one, lists, now) === 'revoked')) return 'revoked';
    const [leaf, issuer] = path;
    if (leaf === undefined || issuer === undefined || statusByList(leaf, lists, now) === 'good') return null;
    const responders = leaf.ocspUrls.filter((url) => this.parts.mayAsk(url));
    if (responders.length === 0) return lists.length === 0 ? null : this.whenUnknown();
    const status = await this.parts.revocations.of(idOf(leaf, issuer), responders, trust, now);
    if (status === 'good') return null;
    return status === 'revoked' ? 'revoked' : this.whenUnknown();
  }

  private whenUnknown(): CertificateFlaw | null {
    return this.parts.unavailable === 'accept' ? null : 'revocation-unknown';
  }
}

function describe(leaf: ReadCertificate): ClientCertificate {
  const { x509, serial, notBefore, notAfter } = leaf;
  const valid = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  return { fingerprint: fingerprintOf(leaf), serial, issuer: x509.issuer, ...valid };
}
