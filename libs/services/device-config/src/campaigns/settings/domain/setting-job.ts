import type { Protocol } from '@voltbus/contracts';
import type { ProfileValue } from '../../../configuration';
import { LONGEST_SET_VALUE, nameFor, type AttributeType, type SettingResult, type VariableName } from '../../../device-model';
import { DELIVER_MS, LOST_RESULT_MS, NOT_SENT_RETRY_MS, SILENT_RETRY_MS, SET_TRIES } from '../limits';

/** A value that is set at a station, and what came of it. */
export interface SettingItem {
  name: VariableName;
  attribute: AttributeType;
  value: string;
  /** Null: nothing yet. */
  result: SettingResult | null;
}

/** `waiting` for its station; `sent`: an answer is awaited; `ended`; `expired`: the station was never sent anything. */
type SettingState = 'waiting' | 'sent' | 'ended' | 'expired';

/** Values that a station is set to, one message after the other (B05; 1.6 section 5.3). */
export interface SettingJob {
  id: string;
  items: readonly SettingItem[];
  state: SettingState;
  /** Which items the command sets that was sent last. */
  sending: readonly number[];
  command: string | null;
  published: boolean;
  /** Times that this message was sent without an answer. */
  tries: number;
  /** The station has got a message, or may have. */
  heard: boolean;
  nextAt: Date;
  /** It is over then unless the station has got something. */
  deliverBy: Date;
  /** What is not set by then is not set. */
  until: Date;
  sentAt: Date | null;
  endedAt: Date | null;
}

const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

/** The values as a station of that version has them; one that it cannot have has its result already. Null: it has none of them. */
export function itemsFor(
  protocol: Protocol,
  values: readonly ProfileValue[],
  readOnly: (name: VariableName, attribute: AttributeType) => boolean,
): SettingItem[] | null {
  const found = values.map(({ attribute, value, ...given }) => ({ given, name: nameFor(protocol, given), attribute, value }));
  if (found.every(({ name }) => name === null)) return null;
  return found.map(({ given, name, attribute, value }): SettingItem => {
    if (name === null) return { name: unnamed(given), attribute, value, result: 'unknown-variable' };
    const isTooLong = value.length > LONGEST_SET_VALUE[protocol];
    const result =
      protocol === 'ocpp1.6' && attribute !== 'Actual'
        ? 'not-supported'
        : readOnly(name, attribute)
          ? 'read-only'
          : isTooLong
            ? 'refused'
            : null;
    return { name, attribute, value, result };
  });
}

/** The name that a person gave, for a version that has none. */
function unnamed(given: Omit<ProfileValue, 'attribute' | 'value'>): VariableName {
  return { ...NOWHERE, ...given, variable: given.variable ?? given.key ?? '' };
}

const NOWHERE = { component: null, componentInstance: null, evse: null, connector: null, variableInstance: null, key: null };

export function newSettingJob(given: Pick<SettingJob, 'id' | 'items'> & { runMs: number }, now: Date): SettingJob {
  const { runMs, ...rest } = given;
  return ended(
    {
      ...{ ...rest, state: 'waiting', sending: [], command: null, published: false, tries: 0, heard: false, sentAt: null, endedAt: null },
      ...{ nextAt: now, deliverBy: later(now, DELIVER_MS), until: later(now, runMs) },
    },
    now,
  );
}

/** Which items are still to be set. */
export function openItems({ items }: Pick<SettingJob, 'items'>): number[] {
  return items.flatMap(({ result }, at) => (result === null ? [at] : []));
}

/** What time alone changes of it; `next` is the next message. Returns the same job where that is nothing. */
export function look(
  job: SettingJob,
  { online, now, next }: { online: boolean; now: Date; next: { command: string; sending: readonly number[] } | null },
): SettingJob {
  if (job.state === 'sent') {
    const isLost = job.sentAt !== null && now.getTime() - job.sentAt.getTime() >= LOST_RESULT_MS;
    return isLost ? afterSilence(job, now) : job;
  }
  if (job.state !== 'waiting') return job;
  if (!job.heard && job.deliverBy <= now) return { ...job, state: 'expired', endedAt: now };
  if (job.until <= now) return given(job, 'not-sent', now);
  if (!online || job.nextAt > now || next === null) return job;
  return { ...job, ...next, state: 'sent', published: false, sentAt: now };
}

/** B05.FR.04 to FR.10: what the station said of each value of the message. */
export function answered(job: SettingJob, results: ReadonlyMap<number, SettingResult>, now: Date): SettingJob {
  const items = job.items.map((item, at) => (job.sending.includes(at) ? { ...item, result: results.get(at) ?? 'not-answered' } : item));
  return ended({ ...job, items, state: 'waiting', heard: true, tries: 0, nextAt: now }, now);
}

/** The station never got it. */
export function notSent(job: SettingJob, now: Date): SettingJob {
  return { ...job, state: 'waiting', nextAt: later(now, NOT_SENT_RETRY_MS) };
}

/** It may have got it: setting a value twice is setting it once. A station that does not answer is sent no more. */
export function afterSilence(job: SettingJob, now: Date): SettingJob {
  const tries = job.tries + 1;
  if (tries < SET_TRIES) return { ...job, state: 'waiting', heard: true, tries, nextAt: later(now, SILENT_RETRY_MS * tries) };
  const items = job.items.map((item, at): SettingItem => (job.sending.includes(at) ? { ...item, result: 'not-answered' } : item));
  return given({ ...job, items, heard: true }, 'not-sent', now);
}

/** Every value that has no result has this one. */
function given(job: SettingJob, result: SettingResult, now: Date): SettingJob {
  return ended({ ...job, items: job.items.map((item) => ({ ...item, result: item.result ?? result })) }, now);
}

function ended(job: SettingJob, now: Date): SettingJob {
  return openItems(job).length > 0 ? job : { ...job, state: 'ended', endedAt: now };
}

const SET: ReadonlySet<SettingResult> = new Set(['accepted', 'reboot-required']);

/** Why the station has failed: the first value that was not set. Null: all are, some perhaps after the next boot. */
export function failureOf({ items }: Pick<SettingJob, 'items'>): SettingResult | null {
  return items.find(({ result }) => result !== null && !SET.has(result))?.result ?? null;
}
