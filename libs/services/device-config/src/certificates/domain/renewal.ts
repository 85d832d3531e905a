import type { CommandOutcome, Protocol } from '@voltbus/contracts';
import { DAY_MS, FIRST_RENEWAL_RETRY_MS, MAX_RENEWAL_TRIES, NOT_SENT_RETRY_MS, RENEWAL_TIMEOUT_MS } from '../limits';
import type { CertificateKind } from './certificate-kind';

export const RENEWAL_STATES = ['waiting', 'asked', 'done', 'given-up', 'expired'] as const;
export type RenewalState = (typeof RENEWAL_STATES)[number];

/** A station is to ask for a new certificate of a kind (A02, A03; F06). */
export interface Renewal {
  /** Null: it was begun by a version that gave none. */
  id: string | null;
  station: string;
  kind: CertificateKind;
  state: RenewalState;
  /** Messages that the station has got. */
  tries: number;
  /** `waiting`: when it is asked next. `asked`: until when it has time. */
  nextAt: Date | null;
  /** While the station was not asked: when it is over unless it is asked by then; null: never by that. */
  deliverBy: Date | null;
  command: string | null;
  published: boolean;
  /** Id of an API key, `administrator`, `expiry`, or `campaign:` and its id. */
  actor: string;
  reason: string | null;
  /** When the certificate that is renewed expires; null: none is known. */
  expiresAt: Date | null;
  startedAt: Date;
  askedAt: Date | null;
  endedAt: Date | null;
}

export function newRenewal(
  given: Pick<Renewal, 'id' | 'station' | 'kind' | 'actor' | 'expiresAt' | 'deliverBy'> & { nextAt: Date },
  now: Date,
): Renewal {
  const rest = { tries: 0, command: null, published: false, reason: null, startedAt: now, askedAt: null, endedAt: null };
  return { ...given, state: 'waiting', ...rest };
}

/** What a look at a renewal that is not over leads to. `send`: its command is to be published. */
export function look(renewal: Renewal, now: Date, newId: () => string): { renewal: Renewal; send: boolean } {
  const { state, nextAt, published, deliverBy, tries } = renewal;
  if (nextAt === null || renewal.endedAt !== null) return { renewal, send: false };
  if (state === 'waiting' && tries === 0 && deliverBy !== null && deliverBy <= now) return { renewal: expired(renewal, now), send: false };
  if (state === 'waiting' && nextAt <= now) {
    const asked = { ...renewal, state: 'asked', command: newId(), published: false, tries: renewal.tries + 1, askedAt: now } as const;
    return { renewal: { ...asked, nextAt: later(now, RENEWAL_TIMEOUT_MS) }, send: true };
  }
  if (state === 'asked' && nextAt <= now)
    return { renewal: failedOnce(renewal, 'the station took no new certificate in time', now), send: false };
  return { renewal, send: state === 'asked' && !published };
}

/** What came of the message. An accepted one is followed by a request of the station. */
export function afterAnswer(renewal: Renewal, { kind, text }: CommandOutcome, now: Date): Renewal {
  if (kind === 'answered' && text === 'Accepted') return { ...renewal, reason: null };
  if (kind === 'unknown') return renewal; // it may have arrived: the time that it has decides
  if (kind === 'no-delivery')
    return {
      ...renewal,
      state: 'waiting',
      tries: renewal.tries - 1,
      nextAt: later(now, NOT_SENT_RETRY_MS),
      reason: `it was not sent: ${text}`,
    };
  return failedOnce(renewal, `the station answered ${text}`, now);
}

/** The station has taken a new certificate of the kind, whoever asked it to. */
export function renewed(renewal: Renewal, now: Date): Renewal {
  return { ...renewal, state: 'done', nextAt: null, reason: null, endedAt: now };
}

/** The station could not be asked in time. That is no reason not to begin again when its certificate ends. */
function expired(renewal: Renewal, now: Date): Renewal {
  return { ...renewal, state: 'expired', nextAt: null, expiresAt: null, reason: 'the station could not be asked in time', endedAt: now };
}

function failedOnce(renewal: Renewal, reason: string, now: Date): Renewal {
  if (renewal.tries >= MAX_RENEWAL_TRIES) return { ...renewal, state: 'given-up', nextAt: null, reason, endedAt: now };
  const pauseMs = Math.min(FIRST_RENEWAL_RETRY_MS * 4 ** (renewal.tries - 1), DAY_MS);
  return { ...renewal, state: 'waiting', nextAt: later(now, pauseMs), reason };
}

/** The message that makes the station ask: 1.6 security whitepaper A02, F06 of 2.x. Null: its version has no such kind. */
export function askingCommand(protocol: Protocol, kind: CertificateKind): { action: string; payload: Record<string, unknown> } | null {
  if (protocol === 'ocpp1.6')
    return kind === 'ChargingStationCertificate'
      ? { action: 'ExtendedTriggerMessage', payload: { requestedMessage: 'SignChargePointCertificate' } }
      : null;
  if (kind === 'V2G20Certificate' && protocol !== 'ocpp2.1') return null;
  return { action: 'TriggerMessage', payload: { requestedMessage: `Sign${kind}` } };
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
