import { asText } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import type { StationAllowance } from '@voltbus/service';
import { LRUCache } from 'lru-cache';
import type { HistoryEntry, HistoryPlace, HistoryReport, HistoryState } from './domain/history-entry';
import { placeInHistory } from './domain/place-in-history';
import { MAX_BEYOND, MAX_CAUGHT_UP, MAX_CODE_LENGTH, MAX_INFO_LENGTH } from './limits';
import type { HeldUntil, NewEntry, TypeormStatusHistory } from './store/typeorm-status-history';

interface StatusHistoryParts {
  store: Pick<TypeormStatusHistory, 'latest' | 'write'>;
  /** Changes of a station that are kept. */
  allowance: Pick<StationAllowance, 'within'>;
}

/** A new entry, with the report that it is counted by. */
interface Counted {
  ref: HistoryPlace;
  entry: NewEntry;
}

/** What one place comes to by a batch. */
interface Turn {
  last: HistoryEntry | null;
  /** The entry that held before the batch. */
  first: HistoryEntry | null;
  /** The same with its repetitions in the batch; null: there are none. */
  confirmed: HistoryEntry | null;
  entries: NewEntry[];
}

/** The history of states as stations report them. */
export class StatusHistory {
  /** By place, the latest first: the last report that was beyond the allowance of its station, while nothing newer is kept of the place. */
  private readonly beyond = new LRUCache<string, HistoryReport>({ max: MAX_BEYOND });

  constructor(private readonly parts: StatusHistoryParts) {}

  /** Records what was beyond the allowance, as far as it is within it now: a station that has changed its state too often may keep the last one for long. */
  async catchUp(): Promise<void> {
    const oldest = Array.from({ length: MAX_CAUGHT_UP }, () => this.beyond.pop()); // what is still beyond comes back
    await this.record(oldest.filter((report) => report !== undefined));
  }

  /** Reports of one batch in the order in which they were received; those of a place one after the other. A report that comes twice changes nothing. */
  async record(given: readonly HistoryReport[]): Promise<void> {
    if (given.length === 0) return;
    const reports = given.map(storable);
    const { store, allowance } = this.parts;
    const places = [...new Map(reports.map((report) => [keyOf(report), placeOf(report)])).values()];
    const latest = await store.latest(places);
    const turns = new Map(places.map((place, at) => [keyOf(place), beginTurn(latest[at] ?? null)]));
    for (const report of reports) {
      const turn = turns.get(keyOf(report));
      if (turn !== undefined) take(turn, report);
    }
    const kept = new Set(allowance.within([...turns.values()].flatMap(({ entries }) => entries.map(counted))).map(({ entry }) => entry));
    for (const [key, turn] of turns) this.noteBeyond(key, turn, kept);
    const held = places.flatMap((place): HeldUntil[] => heldUntil(place, turns.get(keyOf(place)), kept));
    const entries = [...turns.values()].flatMap((turn) => withEnds(turn.entries.filter((entry) => kept.has(entry))));
    if (entries.length > 0 || held.length > 0) await store.write(entries, held);
  }

  private noteBeyond(key: string, { entries }: Turn, kept: ReadonlySet<NewEntry>): void {
    const last = entries.findLast(({ replacedAt }) => replacedAt === null);
    if (last === undefined) return;
    if (kept.has(last)) this.beyond.delete(key);
    else this.beyond.set(key, last);
  }
}

function beginTurn(last: HistoryEntry | null): Turn {
  return { last, first: last, confirmed: null, entries: [] };
}

function counted(entry: NewEntry): Counted {
  return { ref: placeOf(entry), entry };
}

function take(turn: Turn, report: HistoryReport): void {
  const { last } = turn;
  const placing = placeInHistory(last, report);
  if (placing.kind === 'repeat') {
    const repeated = { confirmedAt: placing.confirmedAt, epoch: report.epoch };
    turn.last = last === null ? null : { ...last, ...repeated };
    const holding = turn.entries.findLast(({ replacedAt }) => replacedAt === null);
    if (holding === undefined) turn.confirmed = turn.last;
    else Object.assign(holding, repeated);
  } else if (placing.kind === 'past')
    turn.entries.push({ ...report, at: placing.at, confirmedAt: placing.at, superseded: placing.superseded, replacedAt: placing.until });
  else {
    turn.entries.push({ ...report, at: placing.at, confirmedAt: placing.at, superseded: false, replacedAt: null });
    turn.last = { ...report, at: placing.at, confirmedAt: placing.at };
  }
}

/** The end of what held before the batch: confirmed, or replaced by the first entry that holds from then on. */
function heldUntil(place: HistoryPlace, turn: Turn | undefined, kept: ReadonlySet<NewEntry>): HeldUntil[] {
  if (turn === undefined || turn.first === null) return [];
  const next = turn.entries.find((entry) => entry.replacedAt === null && kept.has(entry));
  const { at, confirmedAt, epoch } = turn.confirmed ?? turn.first;
  if (next !== undefined) return [{ ...place, at, confirmedAt, epoch, replacedAt: next.at }];
  return turn.confirmed === null ? [] : [{ ...place, at, confirmedAt, epoch, replacedAt: null }];
}

/** Each entry that holds is replaced by the next one that does. */
function withEnds(entries: readonly NewEntry[]): NewEntry[] {
  return entries.map((entry, at) => {
    const next = entries.slice(at + 1).find(({ replacedAt }) => replacedAt === null);
    return entry.replacedAt === null ? { ...entry, replacedAt: next?.at ?? null } : entry;
  });
}

/** As it may be stored: without secrets, and no longer than that. */
function storable(report: HistoryReport): HistoryReport {
  const { status, errorCode, vendorErrorCode, vendorId, info } = report;
  const state: HistoryState = {
    status: asText(status.slice(0, MAX_CODE_LENGTH)),
    errorCode: shown(errorCode, MAX_CODE_LENGTH),
    vendorErrorCode: shown(vendorErrorCode, MAX_CODE_LENGTH),
    vendorId: shown(vendorId, MAX_CODE_LENGTH),
    info: shown(info, MAX_INFO_LENGTH),
  };
  return { ...report, ...state, component: asText(report.component.slice(0, MAX_CODE_LENGTH)) };
}

/** Some stations write the word null, or nothing, where they have nothing to say. */
function shown(written: string | null, length: number): string | null {
  const text = written === null ? '' : asText(redactText(String(written)).slice(0, length)).trim();
  return text === '' || text === 'null' ? null : text;
}

function placeOf({ tenant, station, evse, connector, kind, component }: HistoryPlace): HistoryPlace {
  return { tenant, station, evse, connector, kind, component };
}

function keyOf({ tenant, station, evse, connector, kind, component }: HistoryPlace): string {
  return JSON.stringify([tenant, station, evse, connector, kind, component]);
}
