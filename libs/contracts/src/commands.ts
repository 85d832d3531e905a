import { z } from 'zod';

/** Life of a command: `queued`, `sent`, then exactly one of the ends (promise 6). */
export const COMMAND_STATUSES = ['queued', 'sent', 'answered', 'error', 'offline', 'busy', 'expired', 'cancelled', 'unknown'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** True once nothing more can happen to the command. */
export function commandEnded(status: CommandStatus): boolean {
  return status !== 'queued' && status !== 'sent';
}

/**
 * `csms.internal.commands.v1`: a command that another service requests. The requester chooses `id`, so that a repeat changes
 * nothing.
 */
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

/** `voltbus.command.waiting` on `csms.internal.commands.v1`: the router has stored a command that waits to be dispatched. It is no request, and losing it does no harm. */
export const commandWaitingSchema = z.object({ id: z.uuid(), tenant: z.string(), station: z.string() });

export const commandStatusSchema = z
  .enum(COMMAND_STATUSES)
  .meta({ id: 'CommandStatus', description: 'Where a command stands: `queued`, `sent`, then exactly one of the others' });

const commandErrorSchema = z
  .object({ code: z.string().describe('Error code of OCPP'), description: z.string().describe('For a person') })
  .meta({ id: 'CommandError', description: 'Why a command was not answered as it should' });

/** A command in the API and on `csms.command-results.v1`, where it is published once, when it has ended. */
export const commandSchema = z
  .object({
    id: z.uuid().describe('Id of the command'),
    tenant: z.string(),
    station: z.string(),
    action: z.string(),
    payload: z.record(z.string(), z.unknown()).describe('The request payload in the station\u2019s OCPP version'),
    status: commandStatusSchema.describe('`queued`, `sent`, then exactly one of the others'),
    response: z.unknown().describe('The payload of the station\u2019s answer; null without one'),
    error: commandErrorSchema.nullable().describe('The CALLERROR of the station, or why it ended without an answer; null: neither'),
    createdAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Command', description: 'Something asked of a station, and what came of it' });
export type Command = z.output<typeof commandSchema>;

/** The outcome of a call to a station. */
const callOutcomeSchema = z.discriminatedUnion('kind', [
  /** It was written to the socket; another outcome follows. */
  z.object({ kind: z.literal('sent') }),
  z.object({ kind: z.literal('answered'), response: z.unknown() }),
  /** The station answered with a CALLERROR. */
  z.object({ kind: z.literal('error'), code: z.string(), description: z.string(), details: z.unknown() }),
  /** It was sent, and no answer came before the timeout or the connection's end. */
  z.object({ kind: z.literal('unknown') }),
  /** The deadline passed before it could be sent. */
  z.object({ kind: z.literal('expired') }),
  /** The station's queue is full. */
  z.object({ kind: z.literal('busy') }),
  /** This gateway has no such socket, or another epoch of it: the router reads the connection registry again, once. */
  z.object({ kind: z.literal('not-connected') }),
  z.object({ kind: z.literal('stale-epoch') }),
]);
export type CallOutcome = z.output<typeof callOutcomeSchema>;

/** `csms.internal.ocpp.results.v1`: the outcome of a call, together with the call. */
export const callResultSchema = z.object({
  commandId: z.guid(),
  tenant: z.string(),
  station: z.string(),
  protocol: z.string(),
  action: z.string(),
  /** The payload of the call, so that a reader of the answer needs no look-up. */
  request: z.unknown(),
  outcome: callOutcomeSchema,
  inst: z.string(),
  epoch: z.number(),
  /** Epoch milliseconds; null while it was never written to a socket. */
  sentAt: z.number().nullable(),
  at: z.number(),
});
export type CallResult = z.output<typeof callResultSchema>;

/** How a command ended, as whoever asked for it needs to know. `unknown`: nobody knows whether the station did it; `no-delivery`: it did not get it. */
export interface CommandOutcome {
  kind: 'answered' | 'error' | 'no-delivery' | 'unknown';
  /** The status of the answer, the code of the error, or the status of the command. */
  text: string;
}

/** Whether a station says by this error code that it does not have the function, in any version. Any other may come after the call was carried out. */
export function lacksFunction(code: string): boolean {
  return code === 'NotImplemented' || code === 'NotSupported';
}

/** Whether the router did not send it, because too many commands waited for the station: the station has refused nothing. */
export function isCrowdedOut({ error }: Pick<Command, 'error'>): boolean {
  return error?.code === 'too-many-commands';
}

export function commandOutcome({ status, response, error }: Pick<Command, 'status' | 'response' | 'error'>): CommandOutcome {
  if (status === 'answered') {
    const { status: text } = (response ?? {}) as { status?: unknown };
    return typeof text === 'string' ? { kind: 'answered', text } : { kind: 'error', text: 'no-status' };
  }
  if (status === 'error') return { kind: 'error', text: error?.code ?? status };
  return { kind: status === 'unknown' ? 'unknown' : 'no-delivery', text: status };
}
