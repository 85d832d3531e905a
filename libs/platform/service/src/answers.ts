import type { Checked, Protocol, Registration, ReturnAddress, StationRef } from '@voltbus/contracts';

/** A station's message as a service sees it: validated, normalised, with where its answer goes. */
export interface StationMessage<P = unknown> {
  ref: StationRef;
  protocol: Protocol;
  action: string;
  messageId: string | number;
  payload: P;
  receivedAt: Date;
  registration: Registration;
  /** It is not accepted, and one of our calls asked for this message. Absent: no. */
  asked?: boolean;
  returnTo: ReturnAddress;
  checked: Checked;
  /** Someone still waits for the answer (class `service`, and its deadline has not passed). */
  awaited: boolean;
  /** Leniencies that made the payload readable; empty for a strict one. */
  leniency: readonly string[];
}

/** What a handler returns; it does not send it. */
export interface Answer {
  payload: object;
  /** Set by BootNotification: the gateway takes the new registration with the answer. */
  registration?: Registration;
}

/**
 * A decision about one station, answered: different stations concurrently, the same one in order.
 * Throw `OcppError` for what the station is told, anything else is transient or a defect.
 */
export interface DecideEach {
  shape: 'key';
  /** Only a question (Authorize): skipped when nobody waits for the answer any more. Facts are always handled. */
  question?: boolean;
  decide(message: StationMessage<never>): Promise<Answer>;
}

/** Independent facts, stored by one write; each awaited one is answered with `answer` (default `{}`), or with the `OcppError` that it throws. */
export interface StoreMany {
  shape: 'batch';
  store(messages: StationMessage<never>[]): Promise<void>;
  answer?(message: StationMessage<never>): object;
}

/** `answers.ts` of a service: action -> translator, one table per OCPP family (2.0.1 and 2.1 are one family; what only 2.1 has simply never arrives on 2.0.1). */
export interface AnswerTable {
  ocpp16: Readonly<Record<string, DecideEach | StoreMany>>;
  ocpp2: Readonly<Record<string, DecideEach | StoreMany>>;
}
