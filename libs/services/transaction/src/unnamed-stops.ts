import { identify } from './domain/identity';
import { couldBeMeant, meantBy, type OpenSession } from './domain/matching';
import { isResentStop, isSaidAgain } from './domain/resent-stop';
import type { Report, TransactionState } from './domain/transaction';
import type { TransactionTelemetry } from './telemetry';
import type { Ledger } from './ledger';
import type { Answered, Said } from './said';
import { begun } from './starts-again';
import type { TransactionUnit } from './store/typeorm-transaction-unit';

/** Open sessions whose readings are looked at to find the one that a stop means; of so many it is not the only one. */
const MAX_LOOKED_AT = 10;

/** Stops of 1.6 that name no transaction of their station: which session they end, or that they are orphans. */
export class UnnamedStops {
  constructor(
    private readonly ledger: Ledger,
    private readonly telemetry: TransactionTelemetry,
  ) {}

  /** Errata 3.18: after a start that was never answered a station knows no id, and says 0, -1 or an old one. */
  async take(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
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
    this.telemetry.matchedStop(said.ref, meant.id);
    return this.ledger.take(unit, matched, meant);
  }

  private async meantBy(unit: TransactionUnit, said: Said): Promise<TransactionState | null> {
    const stop = { report: said.report, receivedAt: said.receivedAt.getTime(), tokenGroup: await groupIn(unit, said) };
    const open = (await unit.openHere()).map((stored) => ({ ...begun(stored), lastRead: null }));
    const possible = open.filter((session) => couldBeMeant(stop, session));
    if (possible.length > MAX_LOOKED_AT) return null;
    const known: OpenSession[] = [];
    for (const session of possible) known.push({ ...session, lastRead: await unit.lastRead(session.state) });
    return meantBy(stop, known);
  }

  /** Its own key is all that tells one orphan from another: ids like 0 and -1 say nothing. It began when its first reading was taken. */
  takeOrphan(unit: TransactionUnit, said: Said, ocppTransactionId: string): Promise<Answered> {
    const begunAt = said.readings.reduce((first, { time }) => Math.min(first, time.at), said.report.time.at);
    const report: Report = { ...said.report, flags: [...said.report.flags, 'orphan-stop'] };
    const prior: Report = { ...report, kind: 'updated', seqNo: 0, time: { at: begunAt, raw: null }, meterStopWh: null };
    this.telemetry.orphanStop(said.ref, ocppTransactionId);
    return this.ledger.take(unit, { ...said, report }, identify(said.ref, ocppTransactionId, `${ocppTransactionId}|${said.key}`), {
      prior,
    });
  }
}

/** The group of the token that a stop names. */
async function groupIn(unit: TransactionUnit, { token, outside = null, receivedAt }: Said): Promise<string | null> {
  if (token === null) return null;
  if (outside?.kind === 'answered') return outside.answer.groupId;
  return (await unit.knowledge(token.idToken, receivedAt)).token?.groupId ?? null;
}
