import { z } from 'zod';

/** Life of a command: `queued`, `sent`, then exactly one of the six ends (promise 6). */
export const COMMAND_STATUSES = ['queued', 'sent', 'answered', 'error', 'offline', 'busy', 'expired', 'unknown'] as const;
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
export interface Command {
  id: string;
  tenant: string;
  station: string;
  action: string;
  payload: unknown;
  status: CommandStatus;
  response: unknown;
  error: { code: string; description: string } | null;
  createdAt: string;
  sentAt: string | null;
  endedAt: string | null;
}

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
