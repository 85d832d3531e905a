import { randomUUID } from 'node:crypto';
import { commandOutcome, type Command, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import { fingerprintOf, readSigningRequest, type ReadSigningRequest } from '@voltbus/pki';
import { checkedChain, type IssuedChain } from './authority/checked-chain';
import { NotIssued, type CertificateAuthority, type CertificateOrder } from './authority/certificate-authority';
import type { CertificateEvents } from './certificate-events';
import { newCertificate, type StationCertificate } from './domain/certificate';
import { OF_THE_CONNECTION, type CertificateKind } from './domain/certificate-kind';
import {
  afterAttempt,
  askedAgain,
  claimed,
  isOpen,
  issuedAs,
  look,
  newRequest,
  notIssued,
  superseded,
  type CertificateRequest,
} from './domain/certificate-request';
import { flawOf, type RequestFlaw } from './domain/signing-request-rules';
import { DAY_MS, MAX_REQUESTS_A_DAY } from './limits';
import type { CertificateUnit } from './store/typeorm-certificate-unit';
import type { TypeormCertificates } from './store/typeorm-certificates';

const ACTION = 'CertificateSigned';
/** Behind the commands of operators. */
const PRIORITY = 7;
/** The tenant does not care which organization certificates name; theirs names none, so that it proves no station of another tenant (ADR 89). */
const ANY_ORGANIZATION = '*';

/** A SignCertificate of a station. */
interface AskedCertificate {
  csr: string;
  /** Null: the station named none. */
  kind: CertificateKind | null;
  requestId: number | null;
  protocol: Protocol;
}

type Refusal = RequestFlaw | 'no-authority' | 'no-organization' | 'too-many-requests' | 'unknown-station';

interface CertificateRequestsParts {
  store: TypeormCertificates;
  /** Null: stations get no certificates. */
  authority: CertificateAuthority | null;
  events: CertificateEvents;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Gives stations the certificates that they ask for (A02, A03). A request is checked and kept before it is answered; it is then issued, sent, and followed to
 * the connection of the station by the certificate. The same request again is the same certificate.
 */
export class CertificateRequests {
  constructor(private readonly parts: CertificateRequestsParts) {}

  /** A02.FR.11, 12: null where it is accepted. */
  async receive(ref: StationRef, { csr, kind: named, requestId, protocol }: AskedCertificate): Promise<Refusal | null> {
    const kind = named ?? OF_THE_CONNECTION;
    const read = readOrNull(csr);
    const refusal = await this.refusalOf(ref, kind, read);
    if (refusal !== null || read === null) return this.refuse(ref, refusal ?? 'unreadable', kind);
    const given = { id: randomUUID(), station: ref.station, kind, named: named !== null, protocol, requestId };
    const kept = await this.parts.store.inStation(ref, (unit) =>
      this.keep(unit, newRequest({ ...given, digest: read.digest, csr: Buffer.from(read.der) }, this.parts.now())),
    );
    if (kept === true) return null;
    return this.refuse(ref, kept === null ? 'unknown-station' : 'too-many-requests', kind);
  }

  /** Issues and sends what is due. Returns how many requests it looked at. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.dueRequests(this.parts.now());
    for (const { tenant, station, id } of due) await this.advance({ tenant, station }, id);
    return due.length;
  }

  /** The end of a command, whoever sent it; it may come twice. */
  async onEnded(command: Command): Promise<void> {
    if (command.action !== ACTION) return;
    const found = await this.parts.store.ofCommand(command.tenant, command.id);
    if (found === null || found.request === null) return;
    const { request: id } = found;
    const ref = { tenant: command.tenant, station: command.station };
    const now = this.parts.now();
    const after = await this.parts.store.inStation(ref, async (unit) => {
      const request = await unit.request(id);
      if (request?.command !== command.id || request.state !== 'sent') return request;
      const next = afterAttempt(request, commandOutcome(command), now);
      await unit.writeRequest(next);
      if (next.state === 'accepted') await taken(unit, next, now);
      return next;
    });
    if (after !== null) await this.parts.events.requestEnded(ref, after);
  }

  private async refusalOf(ref: StationRef, kind: CertificateKind, read: ReadSigningRequest | null): Promise<Refusal | null> {
    if (this.parts.authority?.issues(kind) !== true) return 'no-authority';
    if (read === null) return 'unreadable';
    const organization = await this.parts.store.organizationOf(ref.tenant);
    if (organization === null) return 'no-organization';
    return flawOf(read, kind, { station: ref.station, organization: subjectOrganization(organization) });
  }

  private async refuse(ref: StationRef, refusal: Refusal, kind: CertificateKind): Promise<Refusal> {
    await this.parts.events.requestRefused(ref, refusal, kind, this.parts.now());
    return refusal;
  }

  /** False: the station has asked too often. */
  private async keep(unit: CertificateUnit, request: CertificateRequest): Promise<boolean> {
    const now = this.parts.now();
    const same = await unit.sameRequest(request.kind, request.digest);
    if (same !== null && (isOpen(same) || (await isGood(unit, same, now)))) {
      await unit.writeRequest(askedAgain(same, request, now));
      return true;
    }
    if ((await unit.requestsSince(request.kind, new Date(now.getTime() - DAY_MS))) >= MAX_REQUESTS_A_DAY) return false;
    for (const open of await unit.openRequests(request.kind)) await unit.writeRequest(superseded(open, now));
    await unit.writeRequest(request);
    return true;
  }

  private async advance(ref: StationRef, id: string): Promise<void> {
    const now = this.parts.now();
    let send = false;
    const request = await this.parts.store.inStation(ref, async (unit) => {
      const found = await unit.request(id);
      if (found === null) return null;
      const isDue = found.state === 'received' && found.nextAt !== null && found.nextAt <= now;
      const looked = isDue ? { request: claimed(found, now), send: false } : look(found, now, randomUUID);
      send = looked.send;
      await unit.writeRequest(looked.request);
      return isDue || send ? { request: looked.request, chain: await chainOf(unit, looked.request) } : null;
    });
    if (request === null) return;
    if (send) await this.send(ref, request);
    else await this.issue(ref, request.request);
  }

  /** No database transaction waits for the authority. */
  private async issue(ref: StationRef, { id, kind, csr }: CertificateRequest): Promise<void> {
    const { store, events, now } = this.parts;
    const issued = await this.order(ref, { id, kind, csr });
    const after = await store.inStation(ref, async (unit) => {
      const request = await unit.request(id);
      if (request?.state !== 'received') return null; // the station has asked for another meanwhile
      if ('leaf' in issued) {
        const certificate = issuedCertificate(request, issued, now());
        await unit.writeCertificate(certificate);
        await unit.writeRequest(issuedAs(request, certificate.id, now()));
        return { request, certificate };
      }
      const failed = notIssued(request, issued, now());
      await unit.writeRequest(failed);
      return { request: failed, certificate: null };
    });
    if (after?.certificate) events.issued(ref, after.certificate);
    else if (after) await events.requestEnded(ref, after.request);
  }

  private async order(
    ref: StationRef,
    { id, kind, csr }: Pick<CertificateRequest, 'id' | 'kind' | 'csr'>,
  ): Promise<IssuedChain | { final: boolean; reason: string }> {
    const { authority, store, now } = this.parts;
    try {
      if (authority === null) return { final: true, reason: 'there is no certificate authority any more' };
      const organization = await store.organizationOf(ref.tenant);
      if (organization === null) return { final: true, reason: 'the tenant has no certificateOrganization any more' };
      const order: CertificateOrder = { id, ref, kind, csr, organization: subjectOrganization(organization) };
      return checkedChain(await authority.issue(order), order, now());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof NotIssued)) this.parts.events.authorityFailed(ref, error);
      return { final: error instanceof NotIssued, reason };
    }
  }

  private async send(ref: StationRef, { request, chain }: { request: CertificateRequest; chain: string | null }): Promise<void> {
    const { command, id } = request;
    if (command === null || chain === null) return;
    await this.parts.sendCommand({
      ...{ ...ref, id: command, action: ACTION, priority: PRIORITY, requestedBy: 'device-config' },
      payload: signedPayload(request, chain),
    });
    await this.parts.store.inStation(ref, async (unit) => {
      const sent = await unit.request(id);
      if (sent?.command === command && sent.state === 'sent') await unit.writeRequest({ ...sent, published: true });
    });
  }
}

/** A02.FR.14, 25: with the kind and the number that the station has given. */
function signedPayload({ protocol, named, kind, requestId }: CertificateRequest, certificateChain: string): Record<string, unknown> {
  if (protocol === 'ocpp1.6') return { certificateChain };
  return {
    certificateChain,
    ...(named ? { certificateType: kind } : {}),
    ...(protocol === 'ocpp2.1' && requestId !== null ? { requestId } : {}),
  };
}

/** The station has a new certificate. */
async function taken(unit: CertificateUnit, request: CertificateRequest, now: Date): Promise<void> {
  const certificate = request.certificate === null ? null : await unit.certificate(request.certificate);
  if (certificate !== null) await unit.writeCertificate({ ...certificate, acceptedAt: certificate.acceptedAt ?? now });
  await unit.endRenewal(request.kind, now);
}

/** What was issued for it can still be given to the station. */
async function isGood(unit: CertificateUnit, { certificate: id }: CertificateRequest, now: Date): Promise<boolean> {
  const certificate = id === null ? null : await unit.certificate(id);
  if (certificate === null || certificate.chain === null || certificate.revokedAt !== null) return false;
  const lifeMs = certificate.notAfter.getTime() - certificate.notBefore.getTime();
  return certificate.notAfter.getTime() - now.getTime() > lifeMs / 2;
}

async function chainOf(unit: CertificateUnit, { certificate: id }: CertificateRequest): Promise<string | null> {
  return id === null ? null : ((await unit.certificate(id))?.chain ?? null);
}

function issuedCertificate({ station, kind }: CertificateRequest, { pem, leaf }: IssuedChain, now: Date): StationCertificate {
  const { x509, notBefore, notAfter, serial } = leaf;
  return newCertificate({
    ...{ id: randomUUID(), station, kind, fingerprint: fingerprintOf(leaf), serial, issuer: x509.issuer },
    ...{ notBefore, notAfter, chain: pem, addedAt: now },
  });
}

function subjectOrganization(organization: string): string | null {
  return organization === ANY_ORGANIZATION ? null : organization;
}

function readOrNull(csr: string): ReadSigningRequest | null {
  try {
    return readSigningRequest(csr);
  } catch {
    return null;
  }
}
