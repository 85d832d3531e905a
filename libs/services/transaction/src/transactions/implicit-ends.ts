import type { TransactionTelemetry } from '../telemetry';
import { endImplicitly, type Report, type TransactionIdentity } from './domain/transaction';
import type { StoredTransaction } from './store/stored-transaction';
import { lastActivity } from './store/typeorm-last-activity';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { TransactionAnswer } from './transaction-message';
import type { TransactionRecorder } from './transaction-recorder';

/** Ends transactions whose stop did not come, where a later one shows that they are over. */
export class ImplicitEnds {
  constructor(
    private readonly recorder: TransactionRecorder,
    private readonly telemetry: TransactionTelemetry,
  ) {}

  /**
   * 1.6 section 4.8: an EVSE has one transaction, so a start ends the older one, whose stop may still follow. A refused
   * start began nothing: a transaction that charges there continues, unless it was refused as well.
   */
  async endOlder(
    unit: TransactionUnit,
    { kind, evse, time: { at } }: Report,
    { decision }: TransactionAnswer,
    { id }: TransactionIdentity,
  ): Promise<void> {
    if (kind !== 'started' || evse === null) return;
    const refused = decision !== null && decision.status !== 'Accepted';
    for (const open of await unit.openAt(evse)) {
      if (open.state.id === id || open.state.start.at > at) continue;
      if (refused && open.state.token?.refused !== true) continue;
      await this.concludeEnd(unit, open, at);
    }
  }

  /** Ends the open transactions beyond the number a station may have, those without activity for longest. */
  async endBeyondRoom(unit: TransactionUnit, { kind, time: { at } }: Report): Promise<void> {
    if (kind === 'ended') return;
    for (const open of await unit.openBeyond()) await this.concludeEnd(unit, open, at);
  }

  /** Ends it with its last activity; it was over by `before`. */
  private async concludeEnd(unit: TransactionUnit, open: StoredTransaction, before: number): Promise<void> {
    this.telemetry.implicitEnd(unit.ref, open.state.id);
    const activity = await lastActivity(unit, open.state.id, { before });
    const state = endImplicitly(open.state, { lastAt: activity?.lastAt ?? open.state.start.at, before });
    await this.recorder.save(unit, open, state, before);
  }
}
