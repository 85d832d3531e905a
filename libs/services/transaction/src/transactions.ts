import type { StationRef } from '@voltbus/contracts';
import type { Consultation } from './authority/consultation';
import { identify } from './domain/identity';
import { endImplicitly, endSilently, goesOn, type Report, type TransactionIdentity } from './domain/transaction';
import type { TransactionEnd } from './domain/transaction-end';
import type { Happenings } from './happenings';
import { Ledger } from './ledger';
import type { RunningCost } from './running-cost';
import type { Answered, Said } from './said';
import { restatedBy, startWords, startedBefore } from './starts-again';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { TypeormTransactions } from './store/typeorm-transactions';
import { UnnamedStops } from './unnamed-stops';

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
  private readonly unnamedStops;

  constructor(private readonly parts: TransactionsParts) {
    this.ledger = new Ledger(parts.happenings);
    this.unnamedStops = new UnnamedStops(this.ledger, parts.happenings);
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
    if (known === null || known.end === null || report.time.at <= overBy(known.end)) return { ...first, usedAgain: false };
    const latest = (await unit.latestOf(ocppTransactionId, report.time.at))?.state ?? known;
    const begins =
      report.kind === 'started' && latest.start.at !== report.time.at && latest.end !== null && report.time.at > overBy(latest.end);
    if (!begins) return { ...latest, usedAgain: latest.id !== first.id };
    return { ...identify(ref, ocppTransactionId, `${ocppTransactionId}|${report.time.at}`), usedAgain: true };
  }

  /** 1.6 section 4.8: always answers a transaction id; the same start again gets the one it got. */
  async start(heard: Said, startKey: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const earlier = await startedBefore(unit, said, startKey);
      if (earlier !== null) return this.ledger.take(unit, said, earlier.state);
      const restated = await restatedBy(unit, said);
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

  /** 1.6 section 4.10: a stop is never refused. Of a transaction the station does not have, it ends the only one it can mean, else it is kept as an orphan. */
  async stop(heard: Said, ocppTransactionId: string): Promise<Answered> {
    const said = await this.consulted(heard);
    return this.inStation(said.ref, async (unit) => {
      const identity = identify(said.ref, ocppTransactionId);
      const known = Number(ocppTransactionId) > 0 ? await unit.load(identity.id) : null;
      if (known === null) return this.unnamedStops.take(unit, said, ocppTransactionId);
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

/** By when it was over, if it was: a concluded end is at the last thing heard of it. */
function overBy({ at, before }: TransactionEnd): number {
  return before ?? at;
}
