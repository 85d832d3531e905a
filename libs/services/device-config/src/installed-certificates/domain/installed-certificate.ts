import type { CommandOutcome } from '@voltbus/contracts';
import { LOST_RESULT_MS } from '../limits';

/** What a CA certificate of a station is for, by the names of OCPP 2.1. `V2GCertificateChain` is the station's own, and only reported. */
export const KINDS = [
  'CSMSRootCertificate',
  'ManufacturerRootCertificate',
  'V2GRootCertificate',
  'MORootCertificate',
  'OEMRootCertificate',
  'V2GCertificateChain',
] as const;
export type Kind = (typeof KINDS)[number];
export type RootKind = Exclude<Kind, 'V2GCertificateChain'>;
export const ROOT_KINDS = KINDS.filter((kind): kind is RootKind => kind !== 'V2GCertificateChain');

export const ALGORITHMS = ['SHA256', 'SHA384', 'SHA512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** How a station names a certificate: by its issuer and its number. */
export interface HashData {
  hashAlgorithm: Algorithm;
  issuerNameHash: string;
  issuerKeyHash: string;
  serialNumber: string;
}

/** What the names that stations give to a certificate are compared with. The hash of the key is null where the key of the issuer is not known. */
export interface Identity {
  serial: string;
  hashes: Partial<Record<Algorithm, { name: string; key: string | null }>>;
}

/** A CA as certificates below it name it: SHA-256 of its name, and the name of its key. */
export interface Authority {
  nameHash: string;
  keyId: string | null;
}

/**
 * `installing`: the station has not answered; `installed`: it has it; `deleting`: it was asked to remove it; `deleted`; `refused`: it did not take it;
 * `missing`: it was installed, and the station's list has it no more; `foreign`: the station has it, and it was not installed here.
 */
export const STATES = ['installing', 'installed', 'refused', 'deleting', 'deleted', 'missing', 'foreign'] as const;
export type State = (typeof STATES)[number];

export interface InstalledCertificate {
  id: string;
  kind: Kind;
  state: State;
  /** What was asked to be installed; null: the station has it by itself, and nobody here knows it. */
  pem: string | null;
  /** Of `pem`. */
  facts: CertificateFacts | null;
  identity: Identity;
  /** Null where it cannot be told of which CA it is. */
  authority: Authority | null;
  /** As the station last reported it: by these it is deleted (M04.FR.07). Null: it has not. */
  reported: HashData | null;
  /** Of a chain, the certificates below. */
  children: readonly HashData[];
  reportedAt: Date | null;
  /** The certificate that it takes the place of, which is removed once the station was seen under this one; null: none. */
  replaces: string | null;
  /** How often the one that it replaces was asked to be removed. */
  removals: number;
  /** The last answer of the station, or how the command ended. */
  answer: string | null;
  /** That last asked the station to install or to delete it. */
  command: string | null;
  installedAt: Date | null;
  changedAt: Date;
}

/** What people read of a certificate. */
export interface CertificateFacts {
  fingerprint: string;
  subject: string;
  issuer: string;
  notBefore: string;
  notAfter: string;
}

const AT_STATION: ReadonlySet<State> = new Set(['installing', 'installed', 'deleting', 'foreign']);

/** The station has it, or may: it takes room there. */
export function isAtStation({ state }: Pick<InstalledCertificate, 'state'>): boolean {
  return AT_STATION.has(state);
}

/** Those that are not at the station any more, the oldest first: they give their places to new ones. */
export function endedFirst(all: readonly InstalledCertificate[]): InstalledCertificate[] {
  return all.filter((one) => !isAtStation(one)).sort((one, other) => one.changedAt.getTime() - other.changedAt.getTime());
}

export function isNamedBy({ serial, hashes }: Identity, { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: HashData): boolean {
  const own = hashes[hashAlgorithm];
  if (own === undefined || own.name !== issuerNameHash.toLowerCase() || plain(serial) !== plain(serialNumber)) return false;
  return own.key === null || own.key === issuerKeyHash.toLowerCase();
}

/** Serial numbers are written with leading zeros and without. */
function plain(serial: string): string {
  return serial.replace(/^0+(?=.)/, '').toLowerCase();
}

/** M05.FR.02 to 04. Nobody knows whether a station has it that did not answer: its list will tell. */
export function afterInstall(certificate: InstalledCertificate, { kind, text }: CommandOutcome, at: Date): InstalledCertificate {
  const answered = { ...certificate, answer: text, changedAt: at };
  if (certificate.state !== 'installing' && certificate.state !== 'missing') return answered;
  if (kind === 'unknown') return answered;
  if (kind === 'answered' && text === 'Accepted') return { ...answered, state: 'installed', installedAt: at };
  return { ...answered, state: 'refused' };
}

/** M04.FR.02 to 04: `NotFound` says that it is not there. What was not delivered, or failed, changes nothing. */
export function afterDelete(certificate: InstalledCertificate, { kind, text }: CommandOutcome, at: Date): InstalledCertificate {
  const answered = { ...certificate, answer: text, changedAt: at };
  if (certificate.state !== 'deleting') return answered;
  if (kind === 'answered' && (text === 'Accepted' || text === 'NotFound')) return { ...answered, state: 'deleted' };
  return { ...answered, state: certificate.pem === null ? 'foreign' : 'installed' };
}

/** Its answer is still to come; one that has not come for so long was lost. */
function isAwaited({ state, answer, changedAt }: InstalledCertificate, at: Date): boolean {
  return (state === 'installing' || state === 'deleting') && answer === null && at.getTime() - changedAt.getTime() < LOST_RESULT_MS;
}

/** M03: it is on the list of the station, asked for at that time. */
export function afterReport(
  certificate: InstalledCertificate,
  { reported, children, askedAt, at }: { reported: HashData; children: readonly HashData[]; askedAt: Date; at: Date },
): InstalledCertificate {
  const told = { ...certificate, reported, children, reportedAt: at };
  if (certificate.changedAt > askedAt) return told; // it was deleted, or is being changed, since the list was asked for
  const state = certificate.pem === null ? 'foreign' : 'installed';
  if (isAwaited(certificate, askedAt) || certificate.state === state) return told;
  return { ...told, state, changedAt: at, installedAt: certificate.installedAt ?? (certificate.pem === null ? null : at) };
}

/** M03: the whole list of its kind, asked for at that time, does not have it. */
export function afterAbsence(certificate: InstalledCertificate, { askedAt, at }: { askedAt: Date; at: Date }): InstalledCertificate {
  if (certificate.changedAt > askedAt || !isAtStation(certificate) || isAwaited(certificate, askedAt)) return certificate;
  const gone = { ...certificate, reported: null, changedAt: at };
  return { ...gone, state: certificate.state === 'installed' || certificate.state === 'installing' ? 'missing' : 'deleted' };
}
