import { lacksFunction, type CommandOutcome, type Protocol } from '@voltbus/contracts';
import { CLAIM_MS, FIRST_RETRY_MS, LAST_RETRY_MS, LOST_RESULT_MS, MAX_ISSUE_TRIES, MAX_SEND_TRIES, NOT_SENT_RETRY_MS } from '../limits';
import type { CertificateKind } from './certificate-kind';

const OPEN_STATES = ['received', 'issued', 'sent'] as const;
export const REQUEST_STATES = [...OPEN_STATES, 'accepted', 'in-use', 'rejected', 'failed', 'superseded'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A station's request for a certificate, up to its connection by the certificate (A02, A03). */
export interface CertificateRequest {
  id: string;
  station: string;
  kind: CertificateKind;
  /** The station named the kind; without it, the certificate is for every use that the station has (A02.FR.13). */
  named: boolean;
  protocol: Protocol;
  /** Of 2.1; null: none. */
  requestId: number | null;
  /** SHA-256 of the request, in hexadecimal, and the request itself (DER). */
  digest: string;
  csr: Buffer;
  state: RequestState;
  /** Attempts at the present step without a usable answer. */
  tries: number;
  /** When there is something to do next; null: never by itself. */
  nextAt: Date | null;
  /** The CertificateSigned that was sent last, and whether the bus has taken it. */
  command: string | null;
  published: boolean;
  /** The certificate that was issued for it. */
  certificate: string | null;
  /** Why it is where it is, for a person; null: as it should be. */
  reason: string | null;
  receivedAt: Date;
  issuedAt: Date | null;
  sentAt: Date | null;
  /** When the station answered, or it was given up. */
  endedAt: Date | null;
  /** When the station first connected by the certificate. */
  usedAt: Date | null;
}

type NewRequest = Pick<CertificateRequest, 'id' | 'station' | 'kind' | 'named' | 'protocol' | 'requestId' | 'digest' | 'csr'>;

/** It is signed a moment after the answer: some stations take no call before they have it. */
const AFTER_ANSWER_MS = 500;

export function newRequest(given: NewRequest, now: Date): CertificateRequest {
  return {
    ...given,
    ...{
      state: 'received',
      tries: 0,
      nextAt: later(now, AFTER_ANSWER_MS),
      command: null,
      published: false,
      certificate: null,
      reason: null,
    },
    ...{ receivedAt: now, issuedAt: null, sentAt: null, endedAt: null, usedAt: null },
  };
}

export function isOpen({ state }: Pick<CertificateRequest, 'state'>): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** The station asks for the same again (A02.FR.17): it gets the certificate that was issued for it, under the number that it asks with now. */
export function askedAgain(request: CertificateRequest, { requestId, protocol, named }: NewRequest, now: Date): CertificateRequest {
  const again = { ...request, requestId, protocol, named };
  if (request.state === 'received' || request.state === 'sent') return again;
  return { ...again, state: 'issued', tries: 0, nextAt: later(now, AFTER_ANSWER_MS), reason: null, endedAt: null, usedAt: null };
}

/** Another request of the same kind has come, with another key. */
export function superseded(request: CertificateRequest, now: Date): CertificateRequest {
  return over(request, 'superseded', 'the station has asked for another certificate', now);
}

/** One process asks the authority, and no other one before the claim has passed. */
export function claimed(request: CertificateRequest, now: Date): CertificateRequest {
  return { ...request, nextAt: later(now, CLAIM_MS) };
}

export function issuedAs(request: CertificateRequest, certificate: string, now: Date): CertificateRequest {
  return { ...request, state: 'issued', certificate, issuedAt: now, tries: 0, nextAt: now, reason: null };
}

/** `final`: the authority will not issue it. */
export function notIssued(
  request: CertificateRequest,
  { final, reason }: { final: boolean; reason: string },
  now: Date,
): CertificateRequest {
  const tries = request.tries + 1;
  if (final || tries >= MAX_ISSUE_TRIES) return over({ ...request, tries }, 'failed', reason, now);
  return { ...request, tries, reason, nextAt: later(now, pauseAfter(tries)) };
}

/** What a look at a request leads to. `send`: its command is to be published, under the id that it has. */
export function look(request: CertificateRequest, now: Date, newId: () => string): { request: CertificateRequest; send: boolean } {
  const { state, sentAt, nextAt, published } = request;
  if (state === 'sent' && now.getTime() - (sentAt?.getTime() ?? 0) >= LOST_RESULT_MS)
    return { request: afterAttempt(request, { kind: 'unknown', text: 'no result came' }, now), send: false };
  if (state === 'sent') return { request, send: !published };
  if (state !== 'issued' || nextAt === null || nextAt > now) return { request, send: false };
  return { request: { ...request, state: 'sent', command: newId(), published: false, sentAt: now, nextAt: null }, send: true };
}

/** What came of a CertificateSigned. */
export function afterAttempt(request: CertificateRequest, { kind, text }: CommandOutcome, now: Date): CertificateRequest {
  if (kind === 'answered' && text === 'Accepted') return over(request, 'accepted', null, now);
  if (kind === 'answered') return over(request, 'rejected', `the station answered ${text}`, now);
  if (kind === 'no-delivery')
    return { ...request, state: 'issued', nextAt: later(now, NOT_SENT_RETRY_MS), reason: `it was not sent: ${text}` };
  const reason = kind === 'unknown' ? 'the station did not answer' : `the station answered with the error ${text}`;
  const tries = request.tries + 1;
  if (lacksFunction(text) || tries >= MAX_SEND_TRIES) return over({ ...request, tries }, 'failed', reason, now);
  return { ...request, state: 'issued', tries, reason, nextAt: later(now, pauseAfter(tries)) };
}

/** The station has connected by the certificate, whatever it had answered. */
export function cameWithIt(request: CertificateRequest, at: Date): CertificateRequest {
  return { ...request, state: 'in-use', reason: null, nextAt: null, endedAt: request.endedAt ?? at, usedAt: request.usedAt ?? at };
}

function over(request: CertificateRequest, state: RequestState, reason: string | null, now: Date): CertificateRequest {
  return { ...request, state, reason, nextAt: null, endedAt: now };
}

function pauseAfter(tries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LAST_RETRY_MS);
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
