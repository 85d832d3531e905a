import type { Action, Family } from '@voltbus/ocpp';
import type { Checked, Protocol, QuirkSettings, Registration, ReturnAddress, StationRef } from '@voltbus/contracts';

/** A station's message as a service sees it: validated, normalised, with where its answer goes. */
export interface StationMessage<P = unknown> {
  ref: StationRef;
  protocol: Protocol;
  action: string;
  messageId: string | number;
  payload: P;
  /** Its payload as it would be without the quirks of its station: the same message is the same whatever is switched. Absent: no quirk changed it. */
  written?: P;
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
  /** What is switched for the station; its payload has been read by it. Absent: nothing. */
  quirks?: QuirkSettings;
}

/** What a handler returns; it does not send it. */
export interface Answer<Response = object> {
  payload: Response;
  /** Set by BootNotification: the gateway takes the new registration with the answer. */
  registration?: Registration;
  /** Set by BootNotification: what is switched for the station from now on. */
  quirks?: QuirkSettings;
}

/**
 * A decision about one station, answered: different stations concurrently, the same one in order.
 * Throw `OcppError` for an error that the station gets; anything else is transient or a defect.
 */
export interface DecideEach<Request = never, Response = object> {
  shape: 'key';
  /** Only a question (Authorize): skipped when nobody waits for the answer any more. Facts are always handled. */
  question?: boolean;
  decide(message: StationMessage<Request>): Promise<Answer<Response>>;
}

/** Independent facts, stored by one write. Each awaited one is answered with `answer` (default `{}`), or with the `OcppError` that it throws. */
export interface StoreMany<Request = never, Response = object> {
  shape: 'batch';
  store(messages: StationMessage<Request>[]): Promise<void>;
  answer?(message: StationMessage<Request>): Response;
}

/** A station's action and who answers it, as a block lists them. */
export interface ActionAnswer {
  readonly family: Family;
  readonly action: string;
  readonly handler: DecideEach | StoreMany;
}

/** Binds a handler to an action: a handler of another action, or with another response, does not compile. 2.0.1 and 2.1 are one family, typed by 2.1. */
export function answer<Name extends string, Request, Response>(
  { family, action }: Action<Family, Name, Request, Response, 'station' | 'both'>,
  handler: DecideEach<NoInfer<Request>, NoInfer<Response>> | StoreMany<NoInfer<Request>, NoInfer<Response>>,
): ActionAnswer {
  // The lane checks a payload against the action's schema before the handler sees it.
  return { family, action, handler: handler as DecideEach | StoreMany };
}

/** Answers by OCPP family and action. What only 2.1 has never arrives from a station of 2.0.1. */
export type AnswerTable = Readonly<Record<Family, Readonly<Record<string, DecideEach | StoreMany>>>>;

/** The table of a service. Throws where two blocks answer the same action. */
export function answerTable(answers: readonly ActionAnswer[]): AnswerTable {
  const table: Record<Family, Record<string, DecideEach | StoreMany>> = { ocpp16: {}, ocpp2: {} };
  for (const { family, action, handler } of answers) {
    if (table[family][action] !== undefined) throw new Error(`two blocks answer ${action} of ${family}`);
    table[family][action] = handler;
  }
  return table;
}
