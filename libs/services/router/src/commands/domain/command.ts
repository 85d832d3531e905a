import { commandEnded, type CallOutcome, type CallResult, type Command, type CommandStatus, type StationRef } from '@voltbus/contracts';

/** The connection of the station that a command was sent to. */
export interface Address {
  inst: string;
  bucket: number;
  epoch: number;
}

/** A command with the router's own data about its delivery. */
export interface CommandState {
  command: Command;
  /** 0 (first) to 9 (last). */
  priority: number;
  requestedBy: string;
  /** While the station is offline the command waits until then; null: it ends at once. */
  keepUntil: Date | null;
  /** After this instant it must not be written to a socket any more. */
  sendBy: Date;
  /** Without an end by then, the router ends it. */
  endBy: Date;
  /** How many addresses it was given so far. */
  attempts: number;
  /**
   * Set before it is published: from then on it may have been sent. Cleared when the gateway reports that it was not.
   */
  address: Address | null;
  /** The connection that turned out not to be there: never tried again. */
  refusedEpoch: number | null;
  /** The payload with its secrets, closed, while it may have to be sent; null: it has none. */
  sealed: Buffer | null;
  /** Differs for payloads that differ in their secrets only; null: it has none. */
  fingerprint: string | null;
  /** What it would be under another pepper that is accepted; of a request only. */
  otherFingerprints?: readonly string[];
}

/** How long a command may wait for its turn on the station's connection. */
const QUEUE_MS = 30_000;
/** How long a result may take from the gateway to here, beyond its deadline. */
const MARGIN_MS = 10_000;
/** The first address, and one more after a gateway reported that it has no such connection. */
const MOST_ATTEMPTS = 2;

interface NewCommand {
  id: string;
  ref: StationRef;
  action: string;
  payload: Record<string, unknown>;
  priority: number;
  requestedBy: string;
  ttlSeconds: number;
  createdAt: Date;
}

export function newCommand({ id, ref, action, payload, priority, requestedBy, ttlSeconds, createdAt }: NewCommand): CommandState {
  const ttlMs = ttlSeconds * 1_000;
  const sendBy = later(createdAt, Math.max(QUEUE_MS, ttlMs));
  return {
    command: {
      id,
      tenant: ref.tenant,
      station: ref.station,
      action,
      payload,
      status: 'queued',
      response: null,
      error: null,
      createdAt: createdAt.toISOString(),
      sentAt: null,
      endedAt: null,
    },
    priority,
    requestedBy,
    keepUntil: ttlMs > 0 ? later(createdAt, ttlMs) : null,
    sendBy,
    endBy: sendBy,
    attempts: 0,
    address: null,
    refusedEpoch: null,
    sealed: null,
    fingerprint: null,
  };
}

type EndStatus = Exclude<CommandStatus, 'queued' | 'sent'>;

/** How a command ends. */
export interface End {
  status: EndStatus;
  response?: unknown;
  error?: { code: string; description: string };
  /** When it was written to the socket, if only the result of the end has it. */
  sentAt?: string | null;
}

export function ended(command: Command, end: End, at: Date): Command {
  return {
    ...command,
    status: end.status,
    response: end.response ?? null,
    error: end.error ?? null,
    sentAt: command.sentAt ?? end.sentAt ?? null,
    endedAt: at.toISOString(),
  };
}

/** Where the command goes next: to the station's connection, back to wait for one, or nowhere. */
type Route = { kind: 'send'; address: Address } | { kind: 'wait' } | { kind: 'end'; end: End };

export function route(state: CommandState, owner: Address | null, now: Date): Route {
  if (owner !== null && owner.epoch !== state.refusedEpoch) {
    const { inst, bucket, epoch } = owner;
    return { kind: 'send', address: { inst, bucket, epoch } };
  }
  const kept = state.keepUntil !== null && state.keepUntil > now;
  return kept ? { kind: 'wait' } : { kind: 'end', end: { status: state.keepUntil === null ? 'offline' : 'expired' } };
}

/** The instant at which the router gives up on a command that was given an address. */
export function deadlineOf(sentBy: Date, timeoutMs: number): Date {
  return later(sentBy, timeoutMs + MARGIN_MS);
}

/** What the result of a call changes. The first end wins; a result after it, or about another connection, changes nothing. */
type ResultEffect = { kind: 'none' } | { kind: 'again' } | { kind: 'end'; end: End };

/** Any result but `sent`. */
export type EndingResult = Omit<CallResult, 'outcome'> & { outcome: Exclude<CallOutcome, { kind: 'sent' }> };

export function effectOf(state: CommandState, { outcome, inst, epoch, sentAt }: EndingResult, now: Date): ResultEffect {
  if (commandEnded(state.command.status)) return { kind: 'none' };
  const sent = sentAt === null ? null : new Date(sentAt).toISOString();
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'end', end: { status: 'answered', response: outcome.response, sentAt: sent } };
    case 'error':
      if (sentAt === null && !waitsAt(state, { inst, epoch })) return { kind: 'none' };
      return { kind: 'end', end: { status: 'error', error: { code: outcome.code, description: outcome.description }, sentAt: sent } };
    case 'unknown':
      return { kind: 'end', end: { status: 'unknown', sentAt: sent } };
    case 'expired':
    case 'busy':
      return waitsAt(state, { inst, epoch }) ? { kind: 'end', end: { status: outcome.kind } } : { kind: 'none' };
    case 'not-connected':
    case 'stale-epoch':
      return waitsAt(state, { inst, epoch }) ? notConnected(state, now) : { kind: 'none' };
  }
}

/** A result "not sent" counts only for the present address, and only while the command was not on a socket. */
function waitsAt({ command, address }: CommandState, by: Omit<Address, 'bucket'>): boolean {
  return command.status === 'queued' && address?.inst === by.inst && address.epoch === by.epoch;
}

function notConnected({ attempts, keepUntil }: CommandState, now: Date): ResultEffect {
  const kept = keepUntil !== null && keepUntil > now;
  return attempts < MOST_ATTEMPTS || kept ? { kind: 'again' } : { kind: 'end', end: { status: 'offline' } };
}

/** True when the command has no end and its deadline is not later than the given one: being sent moves the deadline. */
export function isOverdue({ command, endBy }: CommandState, deadline: Date): boolean {
  return !commandEnded(command.status) && endBy <= deadline;
}

/** The end of a command at its deadline: `unknown` when it may have been sent, else `expired`. */
export function overdueEnd({ command, address }: CommandState): End {
  return { status: command.status === 'sent' || address !== null ? 'unknown' : 'expired' };
}

/** Why a command cannot be cancelled any more; null: it can. */
export function tooLateToCancel({ command, address }: CommandState): string | null {
  if (commandEnded(command.status)) return `it has ended: ${command.status}`;
  return address === null ? null : "the station's gateway has it: it may be on the socket already";
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
