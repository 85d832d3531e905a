import type { OutboxEvent } from '@voltbus/persistence';
import { ended, started, updated } from './announcements';
import { chargesOnce, type Verdict } from './domain/authorization';
import { settleAccount } from './domain/course';
import { among, lowering, tighter, type Limit } from './domain/limit';
import { authorizeWith } from './domain/outside-answer';
import type { Reading } from './domain/reading';
import { apply, seenFrom, viewOf, withFlags, type Report, type TransactionIdentity, type TransactionState } from './domain/transaction';
import type { Happenings } from './happenings';
import type { Answered, Said } from './said';
import type { EventAnswer, StoredTransaction, TransactionUnit } from './store/typeorm-transaction-unit';

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

/** Takes what was said into the transaction that it is about: load, judge, apply, save, tell, in the database transaction of its station. */
export class Ledger {
  constructor(private readonly happenings: Happenings) {}

  /** A report is judged, kept with its answer and applied; the same one again gets the answer it got. `prior`: what must be so before it. */
  async take(
    unit: TransactionUnit,
    said: Said,
    identity: TransactionIdentity,
    more: { startKey?: string; prior?: Report } = {},
  ): Promise<Answered> {
    const { reference, ocppTransactionId } = identity;
    const before = await unit.answered(reference, said.key);
    if (before !== null) {
      this.happenings.repeated(said.ref, identity.id);
      return { ocppTransactionId, ...before };
    }
    const stored = (await unit.load(identity.id)) ?? unheardOf(said, more.startKey);
    const verdict = await this.judge(unit, said, { id: identity.id, before: stored.state });
    const flags = verdict?.flag ? [...said.report.flags, verdict.flag] : said.report.flags;
    const tokenGroup = verdict?.groupId ?? null;
    const report = { ...said.report, flags, tokenGroup };
    const earlier = more.prior === undefined ? stored.state : apply(stored.state, identity, { ...more.prior, tokenGroup });
    const state = apply(earlier, identity, report);
    const limit = await this.limit(unit, said, { id: identity.id, reference, own: state.end === null ? (verdict?.limit ?? null) : null });
    const answer = { verdict, ...(limit === null ? {} : { limit }) };
    await this.record(unit, said, { reference, evse: state.place?.evse ?? null, answer });
    await this.keep(unit, stored, state, report.time.at);
    return { ocppTransactionId, ...answer };
  }

  /** E16, F07: what the token and the remote start say of how far it may go, told once, each when it comes, as far as it is lower than what was known, in the kinds that the station keeps (E16.FR.12). Also in answer to what was said offline: nobody waits for the station to confirm it (E16.FR.18). */
  private async limit(
    unit: TransactionUnit,
    said: Said,
    { id, reference, own }: { id: string; reference: string; own: Limit | null },
  ): Promise<Limit | null> {
    const limit = tighter(own, await this.followRemoteStart(unit, said, id));
    if (limit === null || said.report.kind === 'ended') return null;
    const isTold = said.protocol === 'ocpp2.1';
    const known = await unit.limit(id, limit, isTold);
    if (!isTold) return null;
    const kept = await unit.keptLimits();
    const news = lowering(kept === null ? limit : among(limit, kept), known ?? {});
    return news === null ? null : lowering(news, said.stationLimit ?? (await unit.stationLimit(reference)) ?? {});
  }

  /** F01, F02: in 2.x the station names the remote start; in 1.6 a start by that token is taken for it (section 5.11). How far that may go. */
  private async followRemoteStart(
    unit: TransactionUnit,
    { protocol, report, token, receivedAt, remoteStartId = null }: Said,
    id: string,
  ): Promise<Limit | null> {
    if (remoteStartId === null && (protocol !== 'ocpp1.6' || report.kind !== 'started')) return null;
    return unit.follow(id, { remoteStartId, idToken: token?.idToken ?? '', evse: report.evse, receivedAt });
  }

  /** The first stop counts; what the second says is kept with the station's other words. */
  async correct(unit: TransactionUnit, said: Said, known: StoredTransaction): Promise<Answered> {
    const { reference, ocppTransactionId, id } = known.state;
    const before = await unit.answered(reference, said.key);
    if (before !== null) return { ocppTransactionId, verdict: before.verdict };
    const verdict = await this.judge(unit, said, { id, before: known.state });
    await this.record(unit, said, { reference, evse: known.state.place?.evse ?? null, answer: { verdict } });
    this.happenings.secondStop(said.ref, id);
    await this.keep(unit, known, { ...known.state, flags: withFlags(known.state.flags, ['second-stop']) }, said.report.time.at);
    return { ocppTransactionId, verdict };
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
    const asked = outside?.kind !== 'answered' && token.type !== 'NoAuthorization' && chargesOnce(known);
    const chargesElsewhere = asked && (await unit.chargesElsewhere({ idToken, evse, transaction: id }));
    return authorizeWith(outside, token, { ...known, chargesElsewhere, evse }, receivedAt.getTime(), 'begin');
  }

  private async record(
    unit: TransactionUnit,
    said: Said,
    where: { reference: string; evse: number | null; answer: EventAnswer },
  ): Promise<void> {
    const { report, key, receivedAt, chargingState, payload } = said;
    const { reference, answer } = where;
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
      answer,
    });
    // the EVSE of 2.x is said in some event: parts of one instant are one reading whichever comes first
    const evseOf = ({ evse }: Reading) => (said.protocol === 'ocpp1.6' ? (evse ?? where.evse) : null);
    await unit.write(said.readings.map((reading) => ({ ...reading, ref: said.ref, transaction: reference, evse: evseOf(reading) })));
  }

  /** Saves what it has become and tells what of that can be seen from outside. */
  async keep(unit: TransactionUnit, before: StoredTransaction | Unheard, state: TransactionState, at: number): Promise<void> {
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
    for (const { event } of events) this.happenings.transactionTold(event.type, unit.ref, state.id);
  }
}
