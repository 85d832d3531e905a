import type { Protocol } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';
import { ended, started, updated } from './announcements';
import { chargesOnce, tokenIdentity, type Verdict } from './domain/authorization';
import { settleAccount } from './domain/course';
import { among, lowering, tighter, type Limit } from './domain/limit';
import { authorizeWith } from './domain/outside-answer';
import type { Reading } from './domain/reading';
import {
  apply,
  endDiffers,
  isFinal,
  seenFrom,
  viewOf,
  withFlags,
  type Report,
  type TransactionIdentity,
  type TransactionState,
} from './domain/transaction';
import type { TransactionTelemetry } from './telemetry';
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
    sealed: false,
  };
}

/** Takes what was said into the transaction that it is about: load, judge, apply, save, tell, in the database transaction of its station. */
export class Ledger {
  constructor(private readonly telemetry: TransactionTelemetry) {}

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
      this.telemetry.repeated(said.ref, identity.id);
      return { ocppTransactionId, ...before };
    }
    const known = await unit.load(identity.id);
    const stored = known ?? unheardOf(said, more.startKey);
    if (stored.sealed) return this.setAside(unit, said, identity, { before: stored.state, why: 'sealed' });
    if (said.report.kind === 'ended' && known !== null && isFinal(known.state)) return this.endAgain(unit, said, known);
    if (stored.view === null && (await unit.full(said.report.time.at)))
      return this.setAside(unit, said, identity, { before: null, why: 'too-many' });
    const verdict = await this.judge(unit, said, { id: identity.id, before: stored.state });
    const flags = verdict?.flag ? [...said.report.flags, verdict.flag] : said.report.flags;
    const judged = { tokenGroup: await this.groupOf(unit, said, verdict), refused: verdict !== null && verdict.status !== 'Accepted' };
    const report = { ...said.report, flags, ...judged };
    const earlier = more.prior === undefined ? stored.state : apply(stored.state, identity, { ...more.prior, ...judged });
    const state = apply(earlier, identity, report);
    const own = state.end === null ? (verdict?.limit ?? null) : null;
    const limit = await this.limit(unit, said, { id: identity.id, reference, own, begins: (stored.state?.token ?? null) === null });
    const answer = { verdict, ...(limit === null ? {} : { limit }) };
    await this.record(unit, said, { reference, evse: state.place?.evse ?? null, answer });
    await this.keep(unit, stored, state, report.time.at);
    return { ocppTransactionId, ...answer };
  }

  /** E16, F07: what the token and the remote start say of how far it may go, told once, each when it comes, as far as it is lower than what was known, in the kinds that the station keeps (E16.FR.12). Also in answer to what was said offline: nobody waits for the station to confirm it (E16.FR.18). */
  private async limit(
    unit: TransactionUnit,
    said: Said,
    { id, reference, own, begins }: { id: string; reference: string; own: Limit | null; begins: boolean },
  ): Promise<Limit | null> {
    const limit = tighter(own, await this.followRemoteStart(unit, said, { id, begins }));
    if (limit === null || said.report.kind === 'ended') return null;
    const isTold = said.protocol === 'ocpp2.1';
    const known = await unit.limit(id, limit, isTold);
    if (!isTold) return null;
    const kept = await unit.keptLimits();
    const news = lowering(kept === null ? limit : among(limit, kept), known ?? {});
    return news === null ? null : lowering(news, said.stationLimit ?? (await unit.stationLimit(reference)) ?? {});
  }

  /**
   * F01, F02: a station of 2.x names the remote start; where one does not, and in 1.6 (section 5.11), the session that the token of a remote
   * start begins is taken for the one that was asked for. Returns how far that may go.
   */
  private async followRemoteStart(
    unit: TransactionUnit,
    { protocol, report, token, receivedAt, remoteStartId = null }: Said,
    { id, begins }: { id: string; begins: boolean },
  ): Promise<Limit | null> {
    const idToken = token?.idToken ?? '';
    const mayFollow = protocol === 'ocpp1.6' ? report.kind === 'started' : begins && token !== null && report.kind !== 'ended';
    if (remoteStartId === null && !mayFollow) return null;
    return unit.follow(id, { remoteStartId, idToken, evse: report.evse, receivedAt });
  }

  /** The group that prices the session is that of the time at which its token was presented, though the card has left it since. */
  private async groupOf(unit: TransactionUnit, { token, report, outside = null }: Said, verdict: Verdict | null): Promise<string | null> {
    if (token === null || verdict === null || token.type === 'NoAuthorization') return null;
    const theirs = outside !== null && (outside.kind === 'answered' || (outside.kind === 'silent' && outside.remembered !== null));
    if (theirs) return verdict.groupId; // they tell how it is, and not how it was
    const then = await unit.groupAt(token.idToken, report.time.at);
    return then === null ? verdict.groupId : then.group;
  }

  /**
   * The first end counts; what another one says, its readings too, is kept apart from what is reckoned with. One that says the same with
   * another time or number is no second one.
   */
  private async endAgain(unit: TransactionUnit, said: Said, known: StoredTransaction): Promise<Answered> {
    const { reference, ocppTransactionId, id } = known.state;
    const apart = `${reference}|again`;
    const before = await unit.answered(apart, said.key);
    if (before !== null) return { ocppTransactionId, verdict: before.verdict };
    if (known.sealed) return this.setAside(unit, said, known.state, { before: known.state, why: 'sealed' });
    const verdict = await this.judge(unit, said, { id, before: known.state });
    await this.record(unit, said, { reference: apart, evse: known.state.place?.evse ?? null, answer: { verdict } });
    if (!endDiffers(known.state, said.report)) {
      this.telemetry.repeated(said.ref, id);
      return { ocppTransactionId, verdict };
    }
    this.telemetry.secondStop(said.ref, id);
    await this.flag(unit, known, 'second-stop', said.report.time.at);
    return { ocppTransactionId, verdict };
  }

  /** Answered, and kept as it came, but in no account: of a session that is sealed, or one more of too many. */
  private async setAside(
    unit: TransactionUnit,
    said: Said,
    { id, ocppTransactionId }: TransactionIdentity,
    { before, why }: { before: TransactionState | null; why: 'sealed' | 'too-many' },
  ): Promise<Answered> {
    const { protocol, key, receivedAt, payload, report, ref } = said;
    const verdict = await this.judge(unit, said, { id, before });
    await unit.setAside({ protocol, action: actionOf(protocol, report.kind), key, receivedAt, payload });
    this.telemetry.setAside(ref, id, why);
    return { ocppTransactionId, verdict, totalCost: null };
  }

  /** A start said before with another time: answered as then, and flagged. */
  async startAgain(unit: TransactionUnit, said: Said, known: StoredTransaction): Promise<Answered> {
    const { reference, ocppTransactionId, id } = known.state;
    const answer = (await unit.answered(reference, said.key)) ?? { verdict: null };
    await this.record(unit, { ...said, key: `again|${said.report.time.at}` }, { reference: `${reference}|again`, evse: null, answer });
    this.telemetry.repeated(said.ref, id);
    await this.flag(unit, known, 'repeated-start', said.report.time.at);
    return { ocppTransactionId, ...answer };
  }

  private flag(unit: TransactionUnit, known: StoredTransaction, flag: string, at: number): Promise<void> {
    return this.keep(unit, known, { ...known.state, flags: withFlags(known.state.flags, [flag]) }, at);
  }

  /**
   * C12.FR.03, E01.FR.11: whatever the station decided, a token is judged again; and where it begins a session, as it is in use elsewhere. The
   * token that began it is judged by the same rules whenever it is presented in it: one that was refused is not accepted a message later.
   */
  private async judge(
    unit: TransactionUnit,
    { token, receivedAt, report, outside = null }: Said,
    { id, before }: { id: string; before: TransactionState | null },
  ): Promise<Verdict | null> {
    if (token === null) return null;
    const { idToken } = token;
    const known = await unit.knowledge(idToken, receivedAt);
    const own = before !== null && before.token !== null && tokenIdentity(before.token.idToken) === tokenIdentity(idToken);
    if (report.kind === 'ended' || (before !== null && ((before.token !== null && !own) || before.end !== null)))
      return authorizeWith(outside, token, known, receivedAt.getTime(), 'question');
    const evse = report.evse ?? before?.place?.evse ?? null;
    const mayBeElsewhere = !own || before.flags.includes('concurrent');
    const asked = mayBeElsewhere && outside?.kind !== 'answered' && token.type !== 'NoAuthorization' && chargesOnce(known);
    const chargesElsewhere = asked && (await unit.chargesElsewhere({ idToken, evse, transaction: id }));
    const verdict = authorizeWith(outside, token, { ...known, chargesElsewhere, evse }, receivedAt.getTime(), 'begin');
    // what a prepaid token has charged itself is no fault of its session (C17.FR.02)
    return own && verdict.status === 'NoCredit' ? { ...verdict, flag: null } : verdict;
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
    const updates = before.updates + (changed ? 1 : 0);
    await unit.save({ ...before, state, view, ended: endedAnew ? account : before.ended, updates }, at);
    await unit.tell(events);
    for (const { event } of events) this.telemetry.transactionTold(event.type, unit.ref, state.id);
  }
}

function actionOf(protocol: Protocol, kind: Report['kind']): string {
  if (protocol !== 'ocpp1.6') return 'TransactionEvent';
  return kind === 'ended' ? 'StopTransaction' : 'StartTransaction';
}
