import { encodeCall } from '@voltbus/ocpp';
import type { LocalList, Kind, Step } from './domain/local-list';
import type { Part, TypeormTokenChanges } from './store/typeorm-token-changes';
import { sendLocalList } from './send-local-list';

/** Default number of entries in one message; an operator may set another, and a station may lower it. */
export const ENTRIES_PER_MESSAGE = 100;
/** The most that an operator may set: the largest payload of the router holds as many of the longest entries. */
export const MOST_PER_MESSAGE = 500;
/** The most tokens of a tenant that can be sent as a list; no known station accepts more. */
export const MAX_ENTRIES = 10_000;
/** Stands for the id of a command, of which each has this length. */
const COMMAND_ID = '00000000-0000-0000-0000-000000000000';

/** The largest message that a station accepts (D01.FR.11); bytes are those of the frame as it is sent. */
interface MessageSize {
  entries: number;
  /** Left out: not limited. */
  bytes?: number | undefined;
}

/** The lower of the number an operator set and the one the station reported. */
export function messageSize(wanted: number, reported: { entriesPerMessage?: number; bytesPerMessage?: number }): MessageSize {
  return { entries: Math.min(wanted, reported.entriesPerMessage ?? wanted), bytes: reported.bytesPerMessage };
}

/**
 * The step of the next message: to the last change, or as far as the message may be large; always at least one entry,
 * however large.
 */
export async function stepOf(
  tokens: TypeormTokenChanges,
  { list, kind, revision, size, at }: { list: LocalList; kind: Kind; revision: number; size: MessageSize; at: Date },
): Promise<Step> {
  if (kind === 'version') return { kind };
  const base = kind === 'full' ? 0 : (list.version ?? 0);
  for (let limit = size.entries; ;) {
    const step = { kind, base, upTo: await tokens.endOf(partOf(list, { kind, base, upTo: revision }, limit)) };
    const { bytes = Infinity } = size;
    if (bytes === Infinity || limit === 1) return step;
    const { payload } = await messageOf(tokens, list, step, at);
    const length = Buffer.byteLength(encodeCall(COMMAND_ID, 'SendLocalList', payload));
    if (length <= bytes) return step;
    limit = Math.max(1, Math.floor((Math.min(limit, sizeOf(payload)) * bytes) / length));
  }
}

/** The message of a step: the whole part as planned, even if the station has reported a lower limit since. */
export async function messageOf(tokens: TypeormTokenChanges, list: LocalList, step: Exclude<Step, { kind: 'version' }>, at: Date) {
  const changes = await tokens.in(partOf(list, step, MOST_PER_MESSAGE));
  const updateType = step.kind === 'full' ? 'Full' : 'Differential';
  return sendLocalList(spoken(list), { updateType, version: step.upTo, changes, at });
}

/**
 * The number of tokens in the whole list, counted to one beyond `MAX_ENTRIES`. The entries are formed only where they
 * may exceed the room: 1.6 cannot express some.
 */
export async function entriesOf(tokens: TypeormTokenChanges, list: LocalList, room: number, at: Date): Promise<number> {
  const most = await tokens.count(MAX_ENTRIES);
  if (most <= room || most > MAX_ENTRIES || list.protocol === null) return most;
  const { revision } = await tokens.changes(at);
  const changes = await tokens.in(partOf(list, { kind: 'full', base: 0, upTo: revision }, MAX_ENTRIES));
  return changes.length - sendLocalList(list.protocol, { updateType: 'Full', version: revision, changes, at }).inexpressible;
}

/** The protocol is known since the station reported its version. */
function spoken({ protocol }: LocalList) {
  return protocol ?? 'ocpp1.6';
}

function sizeOf(payload: Record<string, unknown>): number {
  const { localAuthorizationList: entries } = payload;
  return Array.isArray(entries) ? entries.length : 1;
}

/** A Full replaces the list, so it needs no removals. */
function partOf(list: LocalList, { kind, base, upTo }: Exclude<Step, { kind: 'version' }>, limit: number): Part {
  return { base, upTo, cleared: kind === 'full' ? null : list.cleared, limit, typed: list.protocol !== 'ocpp1.6' };
}
