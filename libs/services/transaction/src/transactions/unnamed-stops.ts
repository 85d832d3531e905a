import { identify } from './domain/transaction-identity';
import { couldBeMeant, meantBy, type OpenSession } from './domain/matching';
import { isResentStop, isRepeatedStop } from './domain/repeated-stop';
import type { Report, TransactionState } from './domain/transaction';
import type { TransactionTelemetry } from '../telemetry';
import type { TransactionAuthorization } from './transaction-authorization';
import type { TransactionRecorder } from './transaction-recorder';
import type { TransactionAnswer, TransactionMessage } from './transaction-message';
import { begunSession } from './repeated-starts';
import { lastRead } from './store/typeorm-last-activity';
import type { TransactionUnit } from './store/typeorm-transaction-unit';

interface UnnamedStopsParts {
  recorder: TransactionRecorder;
  authorization: TransactionAuthorization;
  telemetry: TransactionTelemetry;
}

/**
 * The most open sessions whose readings are compared to find the one that a stop means; among more it is ambiguous.
 */
const MAX_LOOKED_AT = 10;

/** Matches 1.6 stops without a valid transaction id to the session they end, or records them as orphans. */
export class UnnamedStops {
  constructor(private readonly parts: UnnamedStopsParts) {}

  /** Errata 3.18: after a start that was never answered a station knows no id, and sends 0, -1 or an old one. */
  async record(unit: TransactionUnit, message: TransactionMessage, ocppTransactionId: string): Promise<TransactionAnswer> {
    const stopKey = `${ocppTransactionId}|${message.key}`;
    const matched = { ...message, report: { ...message.report, matched: true } };
    const orphan = identify(message.ref, ocppTransactionId, stopKey).id;
    const earlier = await unit.matchedTo(stopKey);
    const kept = earlier === null && (await unit.load(orphan)) !== null;
    if (kept) return this.recordOrphan(unit, message, ocppTransactionId);
    const meant = earlier !== null && message.report.time.raw === null ? null : await this.meantBy(unit, message);
    if (earlier !== null && isRepeatedStop(earlier.state, meant)) return this.parts.recorder.record(unit, matched, earlier.state);
    const untimedKey = [
      'stop',
      ocppTransactionId,
      message.report.meterStopWh,
      message.report.stopReason,
      message.report.idToken ?? '',
    ].join('|');
    const resent = await unit.matchedTo(untimedKey);
    if (resent !== null && isResentStop(message.report, resent.state, meant)) {
      await unit.match(stopKey, resent.state.id);
      return this.parts.recorder.record(unit, matched, resent.state);
    }
    await unit.rematch(untimedKey, meant?.id ?? orphan);
    if (meant === null) return this.recordOrphan(unit, message, ocppTransactionId);
    await unit.rematch(stopKey, meant.id);
    this.parts.telemetry.matchedStop(message.ref, meant.id);
    return this.parts.recorder.record(unit, matched, meant);
  }

  private async meantBy(unit: TransactionUnit, message: TransactionMessage): Promise<TransactionState | null> {
    const stop = {
      report: message.report,
      receivedAt: message.receivedAt.getTime(),
      tokenGroup: await this.parts.authorization.presentGroup(unit, message),
    };
    const open = (await unit.openHere()).map((stored) => ({ ...begunSession(stored), lastRead: null }));
    const possible = open.filter((session) => couldBeMeant(stop, session));
    if (possible.length > MAX_LOOKED_AT) return null;
    const known: OpenSession[] = [];
    for (const session of possible) known.push({ ...session, lastRead: await lastRead(unit, session.state) });
    return meantBy(stop, known);
  }

  /**
   * Orphans are distinguished by their keys alone: ids like 0 and -1 identify nothing. An orphan began when its first
   * reading was taken.
   */
  recordOrphan(unit: TransactionUnit, message: TransactionMessage, ocppTransactionId: string): Promise<TransactionAnswer> {
    const begunAt = message.readings.reduce((first, { time }) => Math.min(first, time.at), message.report.time.at);
    const report: Report = { ...message.report, flags: [...message.report.flags, 'orphan-stop'] };
    const prior: Report = { ...report, kind: 'updated', seqNo: 0, time: { at: begunAt, raw: null }, meterStopWh: null };
    this.parts.telemetry.orphanStop(message.ref, ocppTransactionId);
    return this.parts.recorder.record(
      unit,
      { ...message, report },
      identify(message.ref, ocppTransactionId, `${ocppTransactionId}|${message.key}`),
      {
        prior,
      },
    );
  }
}
