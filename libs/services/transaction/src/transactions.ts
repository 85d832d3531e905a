import type { Protocol, StationRef } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/persistence';
import { ended, started, updated } from './announcements';
import type { Consultation } from './authority/consultation';
import type { PresentedToken, Verdict } from './domain/authorization';
import { authorizeWith, type Outside } from './domain/outside-answer';
import { settleAccount } from './domain/course';
import { identify } from './domain/identity';
import { meantBy } from './domain/matching';
import type { Reading } from './domain/reading';
import {
  apply,
  endImplicitly,
  endSilently,
  goesOn,
  seenFrom,
  stopDiffers,
  viewOf,
  withFlags,
  type Report,
  type TransactionIdentity,
  type TransactionState,
} from './domain/transaction';
import type { Happenings } from './happenings';
import type { RunningCost } from './running-cost';
import type { StoredTransaction, TransactionUnit, TypeormTransactions } from './store/typeorm-transactions';

/** What a station said about a transaction, translated from its version. */
export interface Said {
  ref: StationRef;
  protocol: Protocol;
  receivedAt: Date;
  /** Makes the same thing said again the same: no message id does, stations reuse them. */
  key: string;
  report: Report;
  /** To be judged and answered, where one was presented. */
  token: PresentedToken | null;
  chargingState: string | null;
  /** What whoever keeps the tokens elsewhere says of it; null where nobody is asked. */
  outside?: Outside | null;
  /** 2.x: the remote start it says that it follows. */
  remoteStartId?: number | null;
  readings: readonly Reading[];
  payload: unknown;
}

/** What the station is told: the token's verdict where one was presented. */
export interface Answered {
  ocppTransactionId: string;
  verdict: Verdict | null;
  /** What the session costs so far, or did, with tax, where stations are told (I02, I03). */
  totalCost?: number | null;
}

export interface TransactionsParts {
  store: TypeormTransactions;
  consultation: Consultation;
  runningCost: Pick<RunningCost, 'of'>;
  happenings: Happenings;
  /** Called after every commit that told something. */
  wakeRelay(): void;
  /** A positive 31-bit integer that nobody can guess. */
  drawId(): number;
}

/** A repeated start is looked for this long back; an open transaction is found however old it is. */
export const RECENT_START_MS = 86_400_000;
/** Draws of a 1.6 transaction id: a second is needed once in two thousand million. */
const MAX_DRAWS = 5;

/** Load, decide, save, tell: in one database transaction per station, then the answer. */
export class Transactions {
  constructor(private readonly parts: TransactionsParts) {}

  /** A report of a transaction whose id the station chose (2.x), in any order and any number of times. */
  async report(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    const [answered, { id }] = await this.inStation(said.ref, async (unit) => {
      const identity = await this.whichOf(unit, said, ocppTransactionId);
      return [await this.take(unit, identity.usedAgain ? usedAgain(said) : said, identity), identity];
    });
    if (said.report.kind === 'started') return answered;
    return { ...answered, totalCost: await this.parts.runningCost.of(said.ref, id, said.report.time.at) };
  }

  /**
   * E01.FR.08 wants an id once per station; some count from the beginning after a reboot. A start from after the end of the session that has the id begins
   * another one, and what is said of the id later is about the latest that had begun.
   */
  private async whichOf(
    unit: TransactionUnit,
    { ref, report }: Said,
    ocppTransactionId: string,
  ): Promise<TransactionIdentity & { usedAgain: boolean }> {
    const first = identify(ref, ocppTransactionId);
    const known = (await unit.load(first.id))?.state ?? null;
    if (known === null || known.end === null || report.time.at <= known.end.at) return { ...first, usedAgain: false };
    const latest = (await unit.latestOf(ocppTransactionId, report.time.at))?.state ?? known;
    const begins = report.kind === 'started' && latest.start.at !== report.time.at && latest.end !== null && report.time.at > latest.end.at;
    if (!begins) return { ...latest, usedAgain: latest.id !== first.id };
    return { ...identify(ref, ocppTransactionId, `${ocppTransactionId}|${report.time.at}`), usedAgain: true };
  }

  /** 1.6 section 4.8: always answers a transaction id; the same start again gets the one it got. */
  async start(heard: Said, startKey: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const earlier = await unit.startedAs(startKey);
      if (earlier !== null && isSameStart(earlier, said.receivedAt)) return this.take(unit, said, earlier.state);
      if (said.report.evse !== null) await this.endOlder(unit, said.report.evse, said.report.time.at);
      return this.take(unit, said, await this.newIdentity(unit), { startKey });
    });
  }

  /** 1.6 section 4.10: a stop is never refused. Of a transaction the station does not have, it ends the only one it can mean, else it is kept as an orphan. */
  async stop(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const identity = identify(said.ref, ocppTransactionId);
      const known = Number(ocppTransactionId) > 0 ? await unit.load(identity.id) : null;
      if (known === null) return this.stopUnnamed(unit, said, ocppTransactionId);
      if (!stopDiffers(known.state, said.report)) return this.take(unit, said, identity);
      return this.keepCorrection(unit, said, known);
    });
  }

  /** Readings came after the end: what it comes to may have changed, or it goes on. `lastAt`: the latest of them. */
  revise(ref: StationRef, id: string, lastAt: number): Promise<void> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      if (stored?.state.end) await this.keep(unit, stored, goesOn(stored.state, lastAt), stored.state.end.at);
    });
  }

  /** Nothing was heard of it since `heardBefore`: it is over. False when something was, or it has ended. */
  endSilent(ref: StationRef, id: string, heardBefore: Date): Promise<boolean> {
    return this.inStation(ref, async (unit) => {
      const lastAt = await unit.lastWord(id, heardBefore);
      const stored = lastAt === null ? null : await unit.load(id);
      if (lastAt === null || stored === null) return false;
      const state = endSilently(stored.state, lastAt);
      await this.keep(unit, stored, state, state.end?.at ?? lastAt);
      return true;
    });
  }

  /** Whoever keeps the tokens elsewhere is asked before the station's row is locked: it may take seconds. */
  private async consulted(said: Said): Promise<Said> {
    const { token, ref, report, receivedAt } = said;
    if (token === null) return said;
    const purpose = report.kind === 'ended' ? 'end' : 'begin';
    return { ...said, outside: await this.parts.consultation.about(ref, token, { evse: report.evse, purpose }, receivedAt) };
  }

  private async inStation<T>(ref: StationRef, work: (unit: TransactionUnit) => Promise<T>): Promise<T> {
    const result = await this.parts.store.inStation(ref, work);
    this.parts.wakeRelay();
    return result;
  }

  private async take(
    unit: TransactionUnit,
    said: Said,
    identity: TransactionIdentity,
    more: { startKey?: string; prior?: Report } = {},
  ): Promise<Answered> {
    const { reference, ocppTransactionId } = identity;
    const before = await unit.answered(reference, said.key);
    if (before !== null) {
      this.parts.happenings.repeated(said.ref, identity.id);
      return { ocppTransactionId, verdict: before.verdict };
    }
    const stored = (await unit.load(identity.id)) ?? unheardOf(said, more.startKey);
    const verdict = await this.judge(unit, said, { id: identity.id, before: stored.state });
    const flags = verdict?.flag ? [...said.report.flags, verdict.flag] : said.report.flags;
    const tokenGroup = verdict?.groupId ?? null;
    const report = { ...said.report, flags, tokenGroup };
    const earlier = more.prior === undefined ? stored.state : apply(stored.state, identity, { ...more.prior, tokenGroup });
    const state = apply(earlier, identity, report);
    await this.record(unit, said, { reference, evse: state.place?.evse ?? null, verdict });
    await this.followRemoteStart(unit, said, identity.id);
    await this.keep(unit, stored, state, report.time.at);
    return { ocppTransactionId, verdict };
  }

  /** F01, F02: in 2.x the station names the remote start; in 1.6 a start by that token is taken for it (section 5.11). */
  private async followRemoteStart(
    unit: TransactionUnit,
    { protocol, report, token, receivedAt, remoteStartId = null }: Said,
    id: string,
  ): Promise<void> {
    if (remoteStartId === null && (protocol !== 'ocpp1.6' || report.kind !== 'started')) return;
    await unit.follow(id, { remoteStartId, idToken: token?.idToken ?? '', evse: report.evse, receivedAt });
  }

  /** Errata 3.18: after a start that was never answered a station knows no id, and says 0, -1 or an old one. */
  private async stopUnnamed(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
    const words = `${ocppTransactionId}|${said.key}`;
    const matched = { ...said, report: { ...said.report, matched: true } };
    const earlier = await unit.matchedTo(words);
    if (earlier !== null) return this.take(unit, matched, earlier.state);
    const kept = (await unit.load(identify(said.ref, ocppTransactionId, words).id)) !== null;
    const meant = kept ? null : meantBy(said.report, await this.openStates(unit));
    if (meant === null) return this.takeOrphan(unit, said, ocppTransactionId);
    await unit.match(words, meant.id);
    this.parts.happenings.matchedStop(said.ref, meant.id);
    return this.take(unit, matched, meant);
  }

  private async openStates(unit: TransactionUnit): Promise<TransactionState[]> {
    return (await unit.openHere()).map(({ state }) => state);
  }

  /** Its own key is all that tells one orphan from another: ids like 0 and -1 say nothing. It began when its first reading was taken. */
  private takeOrphan(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
    const begunAt = said.readings.reduce((first, { time }) => Math.min(first, time.at), said.report.time.at);
    const report: Report = { ...said.report, flags: [...said.report.flags, 'orphan-stop'] };
    const prior: Report = { ...report, kind: 'updated', seqNo: 0, time: { at: begunAt, raw: null }, meterStopWh: null };
    this.parts.happenings.orphanStop(said.ref, ocppTransactionId);
    return this.take(unit, { ...said, report }, identify(said.ref, ocppTransactionId, `${ocppTransactionId}|${said.key}`), { prior });
  }

  /** The first stop counts; what the second says is kept with the station's other words. */
  private async keepCorrection(unit: TransactionUnit, said: Said, known: StoredTransaction): Promise<Answered> {
    const { reference, ocppTransactionId, id } = known.state;
    const before = await unit.answered(reference, said.key);
    if (before !== null) return { ocppTransactionId, verdict: before.verdict };
    const verdict = await this.judge(unit, said, { id, before: known.state });
    await this.record(unit, said, { reference, evse: known.state.place?.evse ?? null, verdict });
    this.parts.happenings.secondStop(said.ref, id);
    await this.keep(unit, known, { ...known.state, flags: withFlags(known.state.flags, ['second-stop']) }, said.report.time.at);
    return { ocppTransactionId, verdict };
  }

  /** 1.6 section 4.8: the older transaction of a connector was never stopped, or its stop is still to come. */
  private async endOlder(unit: TransactionUnit, evse: number, at: number): Promise<void> {
    for (const open of await unit.openAt(evse)) {
      if (open.state.start.at > at) continue;
      this.parts.happenings.implicitEnd(unit.ref, open.state.id);
      await this.keep(unit, open, endImplicitly(open.state, at), at);
    }
  }

  private async newIdentity(unit: TransactionUnit): Promise<TransactionIdentity> {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const identity = identify(unit.ref, String(this.parts.drawId()));
      if ((await unit.load(identity.id)) === null) return identity;
    }
    throw new Error('no free transaction id drawn');
  }

  /** C12.FR.03, E01.FR.11: whatever the station decided, a token is judged again; and where it begins a session, as it is in use elsewhere. */
  private async judge(
    unit: TransactionUnit,
    { token, receivedAt, report, outside = null }: Said,
    { id, before }: { id: string; before: TransactionState | null },
  ): Promise<Verdict | null> {
    if (token === null) return null;
    const { idToken } = token;
    const known = await unit.knowledge(idToken, receivedAt);
    if (report.kind === 'ended' || (before !== null && (before.token !== null || before.end !== null)))
      return authorizeWith(outside, token, known, receivedAt.getTime(), 'question');
    const evse = report.evse ?? before?.place?.evse ?? null;
    const asked = outside?.kind !== 'answered' && known.token !== null && !known.token.concurrent;
    const chargesElsewhere = asked && (await unit.chargesElsewhere({ idToken, evse, transaction: id }));
    return authorizeWith(outside, token, { ...known, chargesElsewhere }, receivedAt.getTime(), 'begin');
  }

  private async record(
    unit: TransactionUnit,
    said: Said,
    where: { reference: string; evse: number | null; verdict: Verdict | null },
  ): Promise<void> {
    const { report, key, receivedAt, chargingState, payload } = said;
    const { reference, verdict } = where;
    const at = new Date(report.time.at);
    await unit.record({
      reference,
      key,
      seqNo: report.seqNo,
      type: report.kind,
      at,
      receivedAt,
      chargingState,
      payload,
      answer: { verdict },
    });
    await unit.write(
      said.readings.map((reading) => ({ ...reading, ref: said.ref, transaction: reference, evse: reading.evse ?? where.evse })),
    );
  }

  /** Saves what it has become and tells what of that can be seen from outside. */
  private async keep(unit: TransactionUnit, before: StoredTransaction | Unheard, state: TransactionState, at: number): Promise<void> {
    const account = state.end === null ? null : settleAccount(state, await unit.course(state), before.ended);
    const view = account === null ? viewOf(state, null) : seenFrom(account);
    const events: OutboxEvent[] = [];
    if (before.view === null) events.push(started(viewOf({ ...state, end: null }, null)));
    const endedAnew = account !== null && account.revision > (before.ended?.revision ?? 0);
    const changed = before.view !== null && !endedAnew && JSON.stringify(seenFrom(before.view)) !== JSON.stringify(view);
    if (endedAnew) events.push(ended(account));
    if (changed) events.push(updated(view, before.updates + 1, new Date(at)));
    await unit.save({ ...before, state, view, ended: endedAnew ? account : before.ended, updates: before.updates + (changed ? 1 : 0) });
    await unit.tell(events);
    for (const { event } of events) this.parts.happenings.transactionTold(event.type, unit.ref, state.id);
  }
}

function usedAgain(said: Said): Said {
  return { ...said, report: { ...said.report, flags: [...said.report.flags, 'id-reused'] } };
}

/** What is stored of a transaction before its first report. */
type Unheard = Omit<StoredTransaction, 'state' | 'view'> & { state: null; view: null };

function unheardOf({ protocol, receivedAt }: Said, startKey: string | undefined): Unheard {
  return {
    state: null,
    view: null,
    protocol,
    ended: null,
    updates: 0,
    startKey: startKey ?? null,
    startReceivedAt: startKey === undefined ? null : receivedAt,
  };
}

function isSameStart({ state, startReceivedAt }: StoredTransaction, receivedAt: Date): boolean {
  return state.end === null || receivedAt.getTime() - (startReceivedAt?.getTime() ?? 0) <= RECENT_START_MS;
}
