import type { StationRef } from '@voltbus/contracts';
import type { Consultation } from './authority/consultation';
import { identify } from './domain/identity';
import { meantBy, type OpenSession } from './domain/matching';
import { isResentStop, isSaidAgain } from './domain/resent-stop';
import { isRestated, isSameStart, type BegunSession, type StartSaid } from './domain/same-start';
import { endImplicitly, endSilently, goesOn, type Report, type TransactionIdentity, type TransactionState } from './domain/transaction';
import type { Happenings } from './happenings';
import { Ledger } from './ledger';
import type { RunningCost } from './running-cost';
import type { Answered, Said } from './said';
import type { StoredTransaction, TransactionUnit } from './store/typeorm-transaction-unit';
import type { TypeormTransactions } from './store/typeorm-transactions';

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

/** Draws of a 1.6 transaction id: a second is needed once in two thousand million. */
const MAX_DRAWS = 5;

/** Which transaction a station means: found, begun or ended, one at a time per station. */
export class Transactions {
  private readonly ledger;

  constructor(private readonly parts: TransactionsParts) {
    this.ledger = new Ledger(parts.happenings);
  }

  /** A report of a transaction whose id the station chose (2.x), in any order and any number of times. */
  async report(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    const [answered, { id }] = await this.inStation(said.ref, async (unit) => {
      const identity = await this.whichOf(unit, said, ocppTransactionId);
      const taken = await this.ledger.take(unit, identity.usedAgain ? usedAgain(said) : said, identity);
      await this.endOlder(unit, said.report, taken, identity);
      if (said.report.evse !== null) await unit.doubtOlder(identity);
      return [taken, identity];
    });
    if (said.report.kind === 'started') return answered;
    const whose = said.protocol === 'ocpp2.1' ? 'shown-or-limited' : 'shown';
    return { ...answered, totalCost: await this.parts.runningCost.of(said.ref, id, said.report.time.at, whose) };
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
      const earlier = await this.startedBefore(unit, said, startKey);
      if (earlier !== null) return this.ledger.take(unit, said, earlier.state);
      const restated = await this.restatedBy(unit, said);
      if (restated !== null) {
        for (const words of startWords(said, startKey)) await unit.match(words, restated.state.id);
        return this.ledger.startAgain(unit, said, restated);
      }
      const identity = await this.newIdentity(unit);
      const taken = await this.ledger.take(unit, said, identity, { startKey });
      await this.endOlder(unit, said.report, taken, identity);
      return taken;
    });
  }

  /** The session that the same words began. */
  private async startedBefore(unit: TransactionUnit, said: Said, startKey: string): Promise<StoredTransaction | null> {
    for (const words of startWords(said, startKey)) {
      const restated = await unit.matchedTo(words);
      if (restated !== null) return restated;
    }
    const earlier = await unit.startedAs(startKey, said.receivedAt);
    if (earlier === null) return null;
    return isSameStart(startIn(said), { ...begun(earlier), named: await unit.isNamed(earlier.state) }) ? earlier : null;
  }

  /** The session of its connector that the same start began, said with another time. */
  private async restatedBy(unit: TransactionUnit, said: Said): Promise<StoredTransaction | null> {
    const { evse, idToken, meterStartWh } = said.report;
    if (evse === null || idToken === null) return null;
    for (const open of await unit.openAt(evse)) {
      const session = { ...begun(open), lastRead: await unit.lastRead(open.state) };
      if (isRestated({ ...startIn(said), idToken, meterStartWh }, session)) return open;
    }
    return null;
  }

  /** 1.6 section 4.10: a stop is never refused. Of a transaction the station does not have, it ends the only one it can mean, else it is kept as an orphan. */
  async stop(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const identity = identify(said.ref, ocppTransactionId);
      const known = Number(ocppTransactionId) > 0 ? await unit.load(identity.id) : null;
      if (known === null) return this.stopUnnamed(unit, said, ocppTransactionId);
      return this.ledger.take(unit, said, identity);
    });
  }

  /** Readings came after the end: what it comes to may have changed, or it goes on. `lastAt`: the latest of them. */
  revise(ref: StationRef, id: string, lastAt: number): Promise<void> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      const end = stored?.state.end ?? null;
      if (stored === null || end === null) return;
      // what moves the end is what would have made it, had it come in time
      const heard = end.before === undefined || lastAt > end.before ? null : await unit.lastHeard(id, { before: end.before });
      await this.ledger.keep(unit, stored, goesOn(stored.state, heard?.lastAt ?? lastAt), end.at);
    });
  }

  /** Nothing was heard of it since `heardAt`: it is over. False when something was, or it has ended. */
  endSilent(ref: StationRef, id: string, heardAt: Date): Promise<boolean> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      const heard = stored === null || stored.state.end !== null ? null : await unit.lastHeard(id, { heardAt });
      if (stored === null || heard === null) return false;
      const state = endSilently(stored.state, heard);
      await this.ledger.keep(unit, stored, state, state.end?.at ?? heard.lastAt);
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

  /** Errata 3.18: after a start that was never answered a station knows no id, and says 0, -1 or an old one. */
  private async stopUnnamed(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
    const words = `${ocppTransactionId}|${said.key}`;
    const matched = { ...said, report: { ...said.report, matched: true } };
    const orphan = identify(said.ref, ocppTransactionId, words).id;
    const earlier = await unit.matchedTo(words);
    const kept = earlier === null && (await unit.load(orphan)) !== null;
    if (kept) return this.takeOrphan(unit, said, ocppTransactionId);
    const meant = earlier !== null && said.report.time.raw === null ? null : await this.meantBy(unit, said);
    if (earlier !== null && isSaidAgain(earlier.state, meant)) return this.ledger.take(unit, matched, earlier.state);
    const timeless = ['stop', ocppTransactionId, said.report.meterStopWh, said.report.stopReason, said.report.idToken ?? ''].join('|');
    const resent = await unit.matchedTo(timeless);
    if (resent !== null && isResentStop(said.report, resent.state, meant)) {
      await unit.match(words, resent.state.id);
      return this.ledger.take(unit, matched, resent.state);
    }
    await unit.rematch(timeless, meant?.id ?? orphan);
    if (meant === null) return this.takeOrphan(unit, said, ocppTransactionId);
    await unit.rematch(words, meant.id);
    this.parts.happenings.matchedStop(said.ref, meant.id);
    return this.ledger.take(unit, matched, meant);
  }

  private async meantBy(unit: TransactionUnit, said: Said): Promise<TransactionState | null> {
    const stop = { report: said.report, receivedAt: said.receivedAt.getTime(), tokenGroup: await groupIn(unit, said) };
    return meantBy(stop, await this.open(unit));
  }

  private async open(unit: TransactionUnit): Promise<OpenSession[]> {
    const open: OpenSession[] = [];
    for (const stored of await unit.openHere()) open.push({ ...begun(stored), lastRead: await unit.lastRead(stored.state) });
    return open;
  }

  /** Its own key is all that tells one orphan from another: ids like 0 and -1 say nothing. It began when its first reading was taken. */
  private takeOrphan(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
    const begunAt = said.readings.reduce((first, { time }) => Math.min(first, time.at), said.report.time.at);
    const report: Report = { ...said.report, flags: [...said.report.flags, 'orphan-stop'] };
    const prior: Report = { ...report, kind: 'updated', seqNo: 0, time: { at: begunAt, raw: null }, meterStopWh: null };
    this.parts.happenings.orphanStop(said.ref, ocppTransactionId);
    return this.ledger.take(unit, { ...said, report }, identify(said.ref, ocppTransactionId, `${ocppTransactionId}|${said.key}`), {
      prior,
    });
  }

  /**
   * 1.6 section 4.8; an EVSE of 2.x has one transaction too: the older one was never stopped, or its stop is still to come. A start that was
   * refused began nothing: whoever charges there goes on, unless it was refused as well.
   */
  private async endOlder(
    unit: TransactionUnit,
    { kind, evse, time: { at } }: Report,
    { verdict }: Answered,
    { id }: TransactionIdentity,
  ): Promise<void> {
    if (kind !== 'started' || evse === null) return;
    const refused = verdict !== null && verdict.status !== 'Accepted';
    for (const open of await unit.openAt(evse)) {
      if (open.state.id === id || open.state.start.at > at) continue;
      if (refused && open.state.token?.refused !== true) continue;
      this.parts.happenings.implicitEnd(unit.ref, open.state.id);
      const heard = await unit.lastHeard(open.state.id, { before: at });
      const state = endImplicitly(open.state, { lastAt: heard?.lastAt ?? open.state.start.at, before: at });
      await this.ledger.keep(unit, open, state, at);
    }
  }

  private async newIdentity(unit: TransactionUnit): Promise<TransactionIdentity> {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const identity = identify(unit.ref, String(this.parts.drawId()));
      if ((await unit.load(identity.id)) === null) return identity;
    }
    throw new Error('no free transaction id drawn');
  }
}

function usedAgain(said: Said): Said {
  return { ...said, report: { ...said.report, flags: [...said.report.flags, 'id-reused'] } };
}

/** What tells a start that was said with another time from others: its words, where its clock is believed; its delivery in any case. */
function startWords({ report, receivedAt }: Said, startKey: string): string[] {
  const delivered = `start|${startKey}|${receivedAt.getTime()}`;
  return report.time.raw === null ? [`start|${startKey}`, delivered] : [delivered];
}

function startIn({ report: { time }, receivedAt }: Said): StartSaid {
  return { at: time.at, believed: time.raw === null, receivedAt: receivedAt.getTime() };
}

function begun({ state, startReceivedAt }: StoredTransaction): Omit<BegunSession, 'named'> {
  return { state, receivedAt: startReceivedAt?.getTime() ?? state.start.at };
}

/** The group of the token that a stop names. */
async function groupIn(unit: TransactionUnit, { token, outside = null, receivedAt }: Said): Promise<string | null> {
  if (token === null) return null;
  if (outside?.kind === 'answered') return outside.answer.groupId;
  return (await unit.knowledge(token.idToken, receivedAt)).token?.groupId ?? null;
}
