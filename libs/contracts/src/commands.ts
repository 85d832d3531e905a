import { z } from 'zod';

/** Life of a command: `queued`, `sent`, then exactly one of the ends (promise 6). */
export const COMMAND_STATUSES = ['queued', 'sent', 'answered', 'error', 'offline', 'busy', 'expired', 'cancelled', 'unknown'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** True once nothing more can happen to the command. */
export function commandEnded(status: CommandStatus): boolean {
  return status !== 'queued' && status !== 'sent';
}

/** `csms.commands.v1`: another service's wish. `id` is chosen by the asker and makes repeats harmless. */
export const commandRequestSchema = z.object({
  id: z.uuid(),
  tenant: z.string(),
  station: z.string(),
  action: z.string(),
  payload: z.record(z.string(), z.unknown()),
  /** 0 (first) to 9 (last). */
  priority: z.int().min(0).max(9).default(5),
  requestedBy: z.string(),
});
export type CommandRequest = z.output<typeof commandRequestSchema>;

/** The command as the API shows it and as `csms.command-results.v1` says it (once, when it has ended). */
export const commandSchema = z.object({
  id: z.uuid(),
  tenant: z.string(),
  station: z.string(),
  action: z.string(),
  payload: z.record(z.string(), z.unknown()).describe('What was asked, in the words of the station\u2019s OCPP version'),
  status: z.enum(COMMAND_STATUSES).describe('`queued`, `sent`, then exactly one of the others'),
  response: z.unknown().describe('What the station answered; null while, or unless, it did'),
  error: z.object({ code: z.string(), description: z.string() }).nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type Command = z.output<typeof commandSchema>;

/** `csms.ocpp.results.v1`: what became of a call of ours, with the call it answers. */
export interface CallResult {
  commandId: string;
  tenant: string;
  station: string;
  protocol: string;
  action: string;
  /** The call's payload, so that whoever reads the answer needs no look-up. */
  request: unknown;
  outcome: CallOutcome;
  inst: string;
  epoch: number;
  /** Epoch milliseconds; null while it was never written to a socket. */
  sentAt: number | null;
  at: number;
}

export type CallOutcome =
  /** Written to the socket; the end follows. */
  | { kind: 'sent' }
  | { kind: 'answered'; response: unknown }
  /** The station said CALLERROR. */
  | { kind: 'error'; code: string; description: string; details: unknown }
  /** Sent, and nothing came before the timeout or the connection's end. */
  | { kind: 'unknown' }
  /** The deadline passed before it could be sent. */
  | { kind: 'expired' }
  /** The station's queue is full. */
  | { kind: 'busy' }
  /** This gateway has no such socket, or another epoch of it: the router reads the registry again, once. */
  | { kind: 'not-connected' }
  | { kind: 'stale-epoch' };
