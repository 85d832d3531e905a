import { MAX_BEHIND_MS, type StationRef } from '@voltbus/contracts';
import type { Consultation } from './authority/consultation';
import { boundedKey } from './domain/business-key';
import { identify } from './domain/identity';
import { meantBy } from './domain/matching';
import {
  endImplicitly,
  endSilently,
  goesOn,
  stopDiffers,
  type Report,
  type TransactionIdentity,
  type TransactionState,
} from './domain/transaction';
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

/** A repeated start is looked for this long back; an open transaction is found however old it is. */
export const RECENT_START_MS = 86_400_000;
/** Stands in a start's key for the time of a start that says none. */
export const UNTIMED = 'untimed';
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
      if (said.report.kind === 'started') await this.endOlder(unit, said.report, identity.id);
      const isNew = (await unit.load(identity.id)) === null;
      const answered = await this.ledger.take(unit, identity.usedAgain ? usedAgain(said) : said, identity);
      if (isNew) await this.endBeyondRoom(unit, said.report);
      return [answered, identity];
    });
    if (said.report.kind === 'started' || answered.totalCost === null) return answered;
    const whose = said.protocol === 'ocpp2.1' ? 'shown-or-limited' : 'shown';
    return { ...answered, totalCost: await this.parts.runningCost.of(said.ref, id, said.report.time.at, whose) };
  }

  /**
   * A report (2.x) that names no transaction: of the only one it can mean. A start begins one all the same, and so does whatever presents a token; an end is
   * kept by itself, and of anything else the readings are, by their EVSE and time (ADR 32).
   */
  async reportUnnamed(heard: Said): Promise<Answered> {
    const said = await this.consulted(heard);
    const { report, key, token } = said;
    return this.inStation(said.ref, async (unit) => {
      const own = identify(said.ref, '', `|${key}`);
      const kept = (await unit.load(own.id)) !== null;
      const open = report.evse === null ? await unit.openHere() : await unit.openAt(report.evse);
      const [meant, another] = report.kind === 'started' || kept ? [] : open;
      if (meant !== undefined && another === undefined) return this.ledger.take(unit, said, meant.state);
      if (report.kind === 'ended') return this.takeOrphan(unit, said, '');
      if (report.kind === 'started' || token !== null) {
        if (report.kind === 'started' && !kept) await this.endOlder(unit, report, own.id);
        return this.ledger.take(unit, said, own);
      }
      await unit.write(said.readings.map((reading) => ({ ...reading, ref: said.ref })));
      return { ocppTransactionId: '', verdict: null };
    });
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
    const stored = await unit.load(first.id);
    const known = stored?.state ?? null;
    if (stored === null || known === null || known.end === null || report.time.at <= known.end.at) return { ...first, usedAgain: false };
    const { state: latest, sealed } = (await unit.latestOf(ocppTransactionId, report.time.at)) ?? stored;
    const isNew = report.kind === 'started' || (sealed && latest.end !== null && report.time.at > latest.end.at + MAX_BEHIND_MS);
    const begins = isNew && latest.start.at !== report.time.at && latest.end !== null && report.time.at > latest.end.at;
    if (!begins) return { ...latest, usedAgain: latest.id !== first.id };
    return { ...identify(ref, ocppTransactionId, `${ocppTransactionId}|${report.time.at}`), usedAgain: true };
  }

  /** 1.6 section 4.8: always answers a transaction id; the same start again gets the one it got. */
  async start(heard: Said, startKey: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const key = boundedKey(startKey);
      const earlier = await unit.startedAs(key);
      if (earlier !== null && isSameStart(earlier, said.receivedAt)) return this.ledger.take(unit, said, earlier.state);
      await this.endOlder(unit, said.report, null);
      const answered = await this.ledger.take(unit, said, await this.newIdentity(unit), { startKey: key });
      await this.endBeyondRoom(unit, said.report);
      return answered;
    });
  }

  /** 1.6 section 4.10: a stop is never refused. Of a transaction the station does not have, it ends the only one it can mean, else it is kept as an orphan. */
  async stop(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const identity = identify(said.ref, ocppTransactionId);
      const known = Number(ocppTransactionId) > 0 ? await unit.load(identity.id) : null;
      if (known === null) return this.stopUnnamed(unit, said, ocppTransactionId);
      if (!stopDiffers(known.state, said.report)) return this.ledger.take(unit, said, identity);
      return this.ledger.correct(unit, said, known);
    });
  }

  /** Readings came after the end: what it comes to may have changed, or it goes on. `lastAt`: the latest of them. */
  revise(ref: StationRef, id: string, lastAt: number): Promise<void> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      if (stored?.state.end && !stored.sealed) await this.ledger.keep(unit, stored, goesOn(stored.state, lastAt), stored.state.end.at);
    });
  }

  /** Nothing was heard of it since `heardAt`: it is over. False when something was, or it has ended. */
  endSilent(ref: StationRef, id: string, heardAt: Date): Promise<boolean> {
    return this.inStation(ref, async (unit) => {
      const lastAt = await unit.lastWord(id, heardAt);
      const stored = lastAt === null ? null : await unit.load(id);
      if (lastAt === null || stored === null) return false;
      const state = endSilently(stored.state, lastAt);
      await this.ledger.keep(unit, stored, state, state.end?.at ?? lastAt);
      return true;
    });
  }

  /** Whoever keeps the tokens elsewhere is asked before the station's row is locked: it may take seconds. */
  private async consulted(heard: Said): Promise<Said> {
    const said = { ...heard, key: boundedKey(heard.key) };
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
    const earlier = await unit.matchedTo(words);
    if (earlier !== null) return this.ledger.take(unit, matched, earlier.state);
    const kept = (await unit.load(identify(said.ref, ocppTransactionId, words).id)) !== null;
    const meant = kept ? null : meantBy(said.report, await this.openStates(unit));
    if (meant === null) return this.takeOrphan(unit, said, ocppTransactionId);
    await unit.match(words, meant.id);
    this.parts.happenings.matchedStop(said.ref, meant.id);
    return this.ledger.take(unit, matched, meant);
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
    return this.ledger.take(unit, { ...said, report }, identify(said.ref, ocppTransactionId, `${ocppTransactionId}|${said.key}`), {
      prior,
    });
  }

  /** 1.6 section 4.8; an EVSE of 2.x has one transaction too: the older one was never stopped, or its stop is still to come. `id`: the one that begins. */
  private async endOlder(unit: TransactionUnit, { evse, time: { at } }: Report, id: string | null): Promise<void> {
    if (evse === null) return;
    for (const open of await unit.openAt(evse)) {
      if (open.state.id === id || open.state.start.at > at) continue;
      this.parts.happenings.implicitEnd(unit.ref, open.state.id);
      await this.ledger.keep(unit, open, endImplicitly(open.state, at), at);
    }
  }

  /** However many a station begins: of those open beyond its room, the ones that were silent for longest are over. */
  private async endBeyondRoom(unit: TransactionUnit, { kind, time: { at } }: Report): Promise<void> {
    if (kind === 'ended') return;
    for (const open of await unit.openBeyond()) {
      this.parts.happenings.implicitEnd(unit.ref, open.state.id);
      await this.ledger.keep(unit, open, endImplicitly(open.state, at), at);
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

/** A start without a time is like that of any later session: after the end it is another one. */
function isSameStart({ state, startKey, startReceivedAt }: StoredTransaction, receivedAt: Date): boolean {
  if (state.end === null) return true;
  if (startKey?.split('|').includes(UNTIMED) === true) return false;
  return receivedAt.getTime() - (startReceivedAt?.getTime() ?? 0) <= RECENT_START_MS;
}
