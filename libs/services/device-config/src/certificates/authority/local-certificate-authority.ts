import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  CLIENT_AUTHENTICATION,
  issueCertificate,
  readPem,
  readSigningRequest,
  requestPem,
  signRevocationList,
  MAX_PATH,
  type Issuer,
  type RevokedSerial,
} from '@voltbus/pki';
import type { CertificateKind } from '../domain/certificate-kind';
import { DAY_MS, HOUR_MS, LIST_VALID_MS } from '../limits';
import type { CertificateAuthority, CertificateOrder } from './certificate-authority';

/** Files of a CA in PEM: its certificate with those above it, and its private key. They are read for each certificate, so that a new CA needs no restart. */
export interface AuthorityFiles {
  cert: string;
  key: string;
}

interface LocalCertificateAuthorityParts {
  stations: AuthorityFiles;
  /** Of certificates for ISO 15118; null: none are issued. */
  v2g: AuthorityFiles | null;
  days: number;
  now(): Date;
}

/** Stations whose clocks are behind take a new certificate all the same. */
const BACKDATED_MS = HOUR_MS;

interface OpenedAuthority {
  issuer: Issuer;
  /** PEM of its certificate and those above it. */
  chain: string;
}

/** A CA whose key is in a file: for trials, and for fleets whose operator keeps the key safe elsewhere. */
export class LocalCertificateAuthority implements CertificateAuthority {
  constructor(private readonly parts: LocalCertificateAuthorityParts) {}

  issues(kind: CertificateKind): boolean {
    return this.filesOf(kind) !== null;
  }

  async issue({ kind, csr, ref, organization }: CertificateOrder): Promise<string> {
    const files = this.filesOf(kind);
    if (files === null) throw new Error(`there is no CA for ${kind}`);
    const { issuer, chain } = await opened(files);
    const isOfStations = kind === 'ChargingStationCertificate';
    const now = this.parts.now();
    const ends = Math.min(now.getTime() + this.parts.days * DAY_MS, Date.parse(issuer.certificate.validTo));
    if (ends <= now.getTime()) throw new Error('the certificate of the CA has expired');
    const certificate = issueCertificate(issuer, {
      commonName: ref.station,
      organization,
      domainComponent: isOfStations ? null : 'CPO',
      spki: readSigningRequest(requestPem(csr)).key.spki,
      notBefore: new Date(now.getTime() - BACKDATED_MS),
      notAfter: new Date(ends),
      agrees: !isOfStations,
      // Never for servers: a station may have the name of one.
      usages: isOfStations ? [CLIENT_AUTHENTICATION] : [],
    });
    return certificate + chain;
  }

  /** The list of the CA of stations that names these certificates, in PEM. */
  async revocationList(revoked: readonly RevokedSerial[], number: number): Promise<string> {
    const { issuer } = await opened(this.parts.stations);
    const thisUpdate = this.parts.now();
    return signRevocationList(issuer, { revoked, number, thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + LIST_VALID_MS) });
  }

  /** The issuer's name (DN), by which its certificates are told from those of others. */
  async name(): Promise<string> {
    return (await opened(this.parts.stations)).issuer.certificate.subject;
  }

  private filesOf(kind: CertificateKind): AuthorityFiles | null {
    return kind === 'ChargingStationCertificate' ? this.parts.stations : this.parts.v2g;
  }
}

/** Throws where the files cannot be used: perhaps somebody is about to replace them. */
async function opened(files: AuthorityFiles): Promise<OpenedAuthority> {
  const [cert, keyPem] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key)]);
  const [own] = readPem(cert, MAX_PATH);
  const key = createPrivateKey(keyPem);
  if (own === undefined || !own.x509.ca || !own.x509.checkPrivateKey(key))
    throw new Error(`${files.cert}: is not the certificate of a CA with that key`);
  return { issuer: { certificate: own.x509, key }, chain: cert };
}
