import type { CommandOutcome } from '@voltbus/contracts';

export const PRIORITIES = ['AlwaysFront', 'InFront', 'NormalCycle'] as const;
export const STATION_STATES = ['Charging', 'Faulted', 'Idle', 'Unavailable', 'Suspended', 'Discharging'] as const;
export const FORMATS = ['ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE'] as const;

type Priority = (typeof PRIORITIES)[number];
type StationState = (typeof STATION_STATES)[number];
type Format = (typeof FORMATS)[number];

export interface Content {
  format: Format;
  /** RFC 5646 (O01.FR.14); null: not told. */
  language: string | null;
  content: string;
}

/** What a station shall show. The first content is the message, the others are the same in other languages (2.1). */
export interface Message {
  contents: readonly Content[];
  priority: Priority;
  /** Shown in this state of the station only; null: in all. */
  state: StationState | null;
  /** ISO; null: from now on. */
  startsAt: string | null;
  /** ISO; null: until it is cleared. */
  endsAt: string | null;
  /** The OCPP id of the transaction during which it is shown (O02); null: it is for everybody. */
  ocppTransactionId: string | null;
}

/**
 * `requested`: the station has not answered; `set`: it has accepted; `clearing`: it was asked to remove it; `missing`: it was set, and the
 * station's list has it no more; `replaced`: by another with the priority `AlwaysFront` (O02.FR.18); `foreign`: the station has it,
 * and it was not set here.
 */
export const DISPLAY_STATES = ['requested', 'set', 'clearing', 'refused', 'cleared', 'missing', 'replaced', 'foreign'] as const;
export type DisplayState = (typeof DISPLAY_STATES)[number];

export interface DisplayMessage {
  /** Identifies it at its station. */
  id: number;
  state: DisplayState;
  /** What was asked for; null: nothing, the station has it by itself. */
  wanted: Message | null;
  /** What the station last reported; null: it has not. */
  reported: Message | null;
  reportedAt: Date | null;
  /** The last answer of the station, or how the command ended. */
  answer: string | null;
  /** That last asked the station to set or clear it. */
  command: string | null;
  changedAt: Date;
}

const AT_STATION: ReadonlySet<DisplayState> = new Set(['requested', 'set', 'clearing', 'foreign']);

/** The station has it, or may: it takes room there. One that is over is removed by the station (O02.FR.07). */
export function takesRoom({ state, wanted, reported }: DisplayMessage, at: number): boolean {
  const endsAt = (wanted ?? reported)?.endsAt ?? null;
  return AT_STATION.has(state) && (endsAt === null || Date.parse(endsAt) > at);
}

/** Those that are not at the station any more, the oldest first: they give their places to new ones. */
export function endedFirst(all: readonly DisplayMessage[], at: number): DisplayMessage[] {
  return all.filter((one) => !takesRoom(one, at)).sort((one, other) => one.changedAt.getTime() - other.changedAt.getTime());
}

/** O01, O02, O06: a replacement that is refused leaves what the station had, which its list tells. */
export function afterSet(message: DisplayMessage, outcome: CommandOutcome, at: Date): DisplayMessage {
  const answered = { ...message, answer: outcome.text, changedAt: at };
  if (message.state !== 'requested' && message.state !== 'missing') return answered;
  if (outcome.kind === 'answered') return { ...answered, state: outcome.text === 'Accepted' ? 'set' : 'refused' };
  // nobody knows whether it shows it: its list will tell
  return outcome.kind === 'unknown' ? answered : { ...answered, state: 'refused' };
}

/** O05: `Unknown` says that it is not there. What was not delivered changes nothing. */
export function afterClear(message: DisplayMessage, outcome: CommandOutcome, at: Date): DisplayMessage {
  const answered = { ...message, answer: outcome.text, changedAt: at };
  if (message.state !== 'clearing') return answered;
  if (outcome.kind === 'answered' && outcome.text !== 'Rejected') return { ...answered, state: 'cleared' };
  return { ...answered, state: message.wanted === null ? 'foreign' : 'set' };
}

/** O03: the station has it on its list. */
export function afterReport(
  message: DisplayMessage | null,
  { id, reported, at }: { id: number; reported: Message; at: Date },
): DisplayMessage {
  if (message === null) {
    return { ...{ id, state: 'foreign', wanted: null, reported, reportedAt: at, answer: null, command: null, changedAt: at } };
  }
  const state = message.state === 'clearing' || message.state === 'foreign' ? message.state : message.wanted === null ? 'foreign' : 'set';
  // a report may have been written before the answer to a command that is still open
  const settled = message.state === 'requested' && message.answer === null ? message.state : state;
  return { ...message, state: settled, reported, reportedAt: at, ...(settled === message.state ? {} : { changedAt: at }) };
}

/** O03: the whole list of the station does not have it. `askedAt`: when the list was asked for. */
export function afterAbsence(message: DisplayMessage, { askedAt, at }: { askedAt: Date; at: Date }): DisplayMessage {
  // of one that was not set here, what was reported is all that is known
  const before = { ...message, reported: message.wanted === null ? message.reported : null, changedAt: at };
  if (message.changedAt > askedAt) return message; // it was set meanwhile
  if (message.state === 'set' || message.state === 'requested') return { ...before, state: 'missing' };
  return message.state === 'foreign' || message.state === 'clearing' ? { ...before, state: 'cleared' } : message;
}

/** What the station shows differs from what was asked for. Times may be written in another zone, and a state be left out. */
export function differs({ wanted, reported }: Pick<DisplayMessage, 'wanted' | 'reported'>): boolean {
  if (wanted === null || reported === null) return false;
  return JSON.stringify(compared(wanted)) !== JSON.stringify(compared(reported));
}

function compared({ contents, priority, state, endsAt, ocppTransactionId }: Message): unknown {
  const written = contents.map(({ format, language, content }) => [format, language?.toLowerCase() ?? null, content]);
  return [written, priority, state, endsAt === null ? null : Date.parse(endsAt), ocppTransactionId];
}
