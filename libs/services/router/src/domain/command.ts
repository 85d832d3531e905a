import { commandEnded, type CallResult, type Command, type CommandStatus, type StationRef } from '@voltbus/contracts';

/** Where a command was sent: one connection of the station. */
export interface Address {
  inst: string;
  bucket: number;
  epoch: number;
}

/** A command with what the router knows of its way. */
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
  /** Addresses it was given so far. */
  attempts: number;
  /** Set before it is published: from then on it may have been sent. Cleared when the gateway says that it was not. */
  address: Address | null;
  /** The connection that turned out not to be there: never tried again. */
  refusedEpoch: number | null;
  /** The payload with its secrets, closed, while it may have to be sent; null: it has none. */
  sealed: Buffer | null;
  /** Tells payloads apart that differ in their secrets only; null: it has none. */
  fingerprint: string | null;
}

/** How long a command may wait for its turn on the station's connection. */
const QUEUE_MS = 30_000;
/** What a settlement may take from the gateway to here, beyond its deadline. */
const MARGIN_MS = 10_000;
/** The first address, and one more after a gateway said that it has no such connection. */
const MOST_ATTEMPTS = 2;

export interface NewCommand {
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
  /** When it was written to the socket, if the end is the first to say so. */
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
export type Route = { kind: 'send'; address: Address } | { kind: 'wait' } | { kind: 'end'; end: End };

export function route(state: CommandState, owner: Address | null, now: Date): Route {
  if (owner !== null && owner.epoch !== state.refusedEpoch) {
    const { inst, bucket, epoch } = owner;
    return { kind: 'send', address: { inst, bucket, epoch } };
  }
  const kept = state.keepUntil !== null && state.keepUntil > now;
  return kept ? { kind: 'wait' } : { kind: 'end', end: { status: state.keepUntil === null ? 'offline' : 'expired' } };
}

/** When the router gives up on a command that was given an address. */
export function judgedAt(sentBy: Date, timeoutMs: number): Date {
  return later(sentBy, timeoutMs + MARGIN_MS);
}

/** What a gateway's word changes. The first end wins; what comes after it, or is about another connection, changes nothing. */
export type Settlement = { kind: 'none' } | { kind: 'sent'; sentAt: string } | { kind: 'again' } | { kind: 'end'; end: End };

export function settlement(state: CommandState, { outcome, inst, epoch, sentAt }: CallResult, now: Date): Settlement {
  if (commandEnded(state.command.status)) return { kind: 'none' };
  const sent = sentAt === null ? null : new Date(sentAt).toISOString();
  switch (outcome.kind) {
    case 'sent':
      return state.command.status === 'sent' ? { kind: 'none' } : { kind: 'sent', sentAt: sent ?? now.toISOString() };
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
      return waitsAt(state, { inst, epoch }) ? refused(state, now) : { kind: 'none' };
  }
}

/** Who says that it was not sent says so of its own address: what was on a socket was sent, and an earlier address has no say about the present one. */
function waitsAt({ command, address }: CommandState, by: Omit<Address, 'bucket'>): boolean {
  return command.status === 'queued' && address?.inst === by.inst && address.epoch === by.epoch;
}

function refused({ attempts, keepUntil }: CommandState, now: Date): Settlement {
  const kept = keepUntil !== null && keepUntil > now;
  return attempts < MOST_ATTEMPTS || kept ? { kind: 'again' } : { kind: 'end', end: { status: 'offline' } };
}

/** What a command without an end is at its deadline: perhaps sent, or surely not. */
export function overdue({ command, address }: CommandState): End {
  return { status: command.status === 'sent' || address !== null ? 'unknown' : 'expired' };
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
