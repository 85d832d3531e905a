import { asText, type Protocol } from '@voltbus/contracts';
import { ALGORITHMS, KINDS, type Algorithm, type HashData, type Kind, type RootKind } from './domain/installed-certificate';
import { MAX_CHILDREN } from './limits';

/** The names that stations of 1.6 give to kinds (security whitepaper). */
const KINDS_16: Readonly<Partial<Record<Kind, string>>> = {
  CSMSRootCertificate: 'CentralSystemRootCertificate',
  ManufacturerRootCertificate: 'ManufacturerRootCertificate',
};
const HASH = 128;
const SERIAL = 40;

/** The kind by which InstallCertificate and GetInstalledCertificateIds name it. */
export function writtenKind(protocol: Protocol, kind: RootKind): string {
  return protocol === 'ocpp1.6' ? (KINDS_16[kind] ?? kind) : kind;
}

/** The requests for everything that a station has: 1.6 asks for one kind at a time, and of 2.x no kind means all of them (M03). */
export function reportRequests(protocol: Protocol): { kinds: readonly Kind[]; payload: Record<string, unknown> }[] {
  if (protocol !== 'ocpp1.6') return [{ kinds: KINDS, payload: {} }];
  return Object.entries(KINDS_16).map(([kind, certificateType]) => ({ kinds: [kind as Kind], payload: { certificateType } }));
}

/** What a request asked for, whoever has sent it. */
export function requestedKinds({ certificateType }: Record<string, unknown>): Kind[] {
  if (certificateType === undefined) return [...KINDS];
  const named = Array.isArray(certificateType) ? certificateType : [certificateType];
  if (named.length === 0) return [...KINDS];
  return named.flatMap((name) => kindOf(name) ?? []);
}

export interface ReportedCertificate {
  kind: Kind;
  reported: HashData;
  children: HashData[];
}

/** The certificates in an answer to GetInstalledCertificateIds; what is not one is left out. */
export function reportedCertificates(request: Record<string, unknown>, response: unknown): ReportedCertificate[] {
  const { certificateHashData, certificateHashDataChain } = (response ?? {}) as Record<string, unknown>;
  if (Array.isArray(certificateHashDataChain)) return certificateHashDataChain.flatMap(chainIn);
  const [kind] = requestedKinds(request);
  if (!Array.isArray(certificateHashData) || kind === undefined) return [];
  return certificateHashData.flatMap((one) => {
    const reported = hashDataIn(one);
    return reported === null ? [] : [{ kind, reported, children: [] }];
  });
}

function chainIn(one: unknown): ReportedCertificate[] {
  const { certificateType, certificateHashData, childCertificateHashData } = (one ?? {}) as Record<string, unknown>;
  const [kind, reported] = [kindOf(certificateType), hashDataIn(certificateHashData)];
  if (kind === null || reported === null) return [];
  const children = Array.isArray(childCertificateHashData) ? childCertificateHashData.slice(0, MAX_CHILDREN) : [];
  return [{ kind, reported, children: children.flatMap((child) => hashDataIn(child) ?? []) }];
}

function kindOf(name: unknown): Kind | null {
  const [kind] = Object.entries(KINDS_16).find(([, written]) => written === name) ?? [];
  return (kind as Kind | undefined) ?? KINDS.find((known) => known === name) ?? null;
}

function hashDataIn(one: unknown): HashData | null {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = (one ?? {}) as Record<string, unknown>;
  if (!ALGORITHMS.includes(hashAlgorithm as Algorithm)) return null;
  if (typeof issuerNameHash !== 'string' || typeof issuerKeyHash !== 'string' || typeof serialNumber !== 'string') return null;
  return {
    hashAlgorithm: hashAlgorithm as Algorithm, // it is one of them
    issuerNameHash: asText(issuerNameHash.slice(0, HASH)),
    issuerKeyHash: asText(issuerKeyHash.slice(0, HASH)),
    serialNumber: asText(serialNumber.slice(0, SERIAL)),
  };
}
