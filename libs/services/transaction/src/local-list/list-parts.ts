import type { LocalList, Kind, Step } from './domain/local-list';
import type { Part, TypeormTokenChanges } from './store/typeorm-token-changes';
import { sendLocalList } from './send-local-list';

/** Entries in one message, unless an operator or the station says less, or an operator knows that it takes more. */
export const ENTRIES_PER_MESSAGE = 100;
/** Most that an operator may ask for: what the router takes as one payload holds as many of the longest. */
export const MOST_PER_MESSAGE = 500;
/** Tokens of a tenant that can be a list. Nobody's station takes more. */
export const MAX_ENTRIES = 10_000;
/** What a call is beside its payload: type, id and action. */
const CALL_BYTES = 70;

/** What one message may be (D01.FR.11). */
interface MessageSize {
  entries: number;
  /** Left out: as large as its entries are. */
  bytes?: number | undefined;
}

/** An operator can only lower what the station says. */
export function messageSize(wanted: number, said: { entriesPerMessage?: number; bytesPerMessage?: number }): MessageSize {
  return { entries: Math.min(wanted, said.entriesPerMessage ?? wanted), bytes: said.bytesPerMessage };
}

/**
 * How far the next message leads: to the last change, or as far as the station takes at once; one entry however large
 * it is.
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
    const length = CALL_BYTES + Buffer.byteLength(JSON.stringify(payload));
    if (length <= bytes) return step;
    limit = Math.max(1, Math.floor((Math.min(limit, sizeOf(payload)) * bytes) / length));
  }
}

/**
 * The message of a step: all of the part as it was planned, whatever has been said since of how much the station takes.
 */
export async function messageOf(tokens: TypeormTokenChanges, list: LocalList, step: Exclude<Step, { kind: 'version' }>, at: Date) {
  const changes = await tokens.in(partOf(list, step, MOST_PER_MESSAGE));
  const updateType = step.kind === 'full' ? 'Full' : 'Differential';
  return sendLocalList(spoken(list), { updateType, version: step.upTo, changes, at });
}

/**
 * How many tokens the whole list has, counted no further than one beyond the most that counts; one by one only where
 * they may be too many.
 */
export async function entriesOf(tokens: TypeormTokenChanges, list: LocalList, room: number, at: Date): Promise<number> {
  const most = await tokens.count(MAX_ENTRIES);
  if (most <= room || most > MAX_ENTRIES || list.protocol === null) return most;
  const { revision } = await tokens.changes(at);
  const changes = await tokens.in(partOf(list, { kind: 'full', base: 0, upTo: revision }, MAX_ENTRIES));
  return changes.length - sendLocalList(list.protocol, { updateType: 'Full', version: revision, changes, at }).unsayable;
}

/** Known since the station reported its version. */
function spoken({ protocol }: LocalList) {
  return protocol ?? 'ocpp1.6';
}

function sizeOf(payload: Record<string, unknown>): number {
  const { localAuthorizationList: entries } = payload;
  return Array.isArray(entries) ? entries.length : 1;
}

/** A Full begins with nothing: there is nothing to take out. */
function partOf(list: LocalList, { kind, base, upTo }: Exclude<Step, { kind: 'version' }>, limit: number): Part {
  return { base, upTo, cleared: kind === 'full' ? null : list.cleared, limit, typed: list.protocol !== 'ocpp1.6' };
}
