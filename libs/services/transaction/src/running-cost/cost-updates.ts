import { deterministicId, lacksFunction, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { RunningCost } from './running-cost';
import type { CostDue, TypeormCostUpdates } from './store/typeorm-cost-updates';

/** Time between two sweeps for transactions whose interval is over. */
export const COST_SWEEP_MS = 5_000;
/** Sent in one sweep at most; the rest follow in the next, those that wait longest first. */
export const MAX_COST_UPDATES = 200;
/** Behind commands of operators. */
const PRIORITY = 8;

interface CostUpdatesParts {
  store: TypeormCostUpdates;
  runningCost: Pick<RunningCost, 'of'>;
  /** The longest time between two costs sent to a station for a transaction. */
  intervalMs: number;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * I02: answers to reports carry the cost; a station that has not reported for a while is sent CostUpdated if the cost
 * has changed. Nothing is queued for an offline station: the answer to its next report has the cost.
 */
export class CostUpdates {
  constructor(private readonly parts: CostUpdatesParts) {}

  /** Returns how many were sent. */
  async sweep(): Promise<number> {
    const { store, intervalMs, now } = this.parts;
    const at = now();
    const due = await store.take(at, new Date(at.getTime() - intervalMs), MAX_COST_UPDATES);
    let sent = 0;
    for (const one of due) if (await this.send(one, at)) sent += 1;
    return sent;
  }

  /** Applies the result of a CostUpdated, also of one that an operator sent. */
  async onAnswered({ tenant, station, status, payload, error }: Command): Promise<void> {
    const { transactionId } = payload;
    if (status === 'answered' || typeof transactionId !== 'string') return;
    const ref: StationRef = { tenant, station };
    if (error !== null && lacksFunction(error.code)) await this.parts.store.unwanted(ref, transactionId);
    else await this.parts.store.missed(ref, transactionId);
  }

  private async send({ tenant, station, id, ocppTransactionId, sent, at }: CostDue, now: Date): Promise<boolean> {
    const { store, runningCost, sendCommand } = this.parts;
    const cost = await runningCost.of({ tenant, station }, id, at.getTime(), 'shown-or-limited');
    if (cost === null || cost === sent) return false;
    const payload: v21.CostUpdatedRequest = { totalCost: cost, transactionId: ocppTransactionId };
    await sendCommand({
      id: deterministicId(tenant, 'cost-updated', id, now.toISOString()),
      tenant,
      station,
      action: 'CostUpdated',
      payload: { ...payload },
      priority: PRIORITY,
      requestedBy: 'transaction',
    });
    await store.sent(tenant, id, cost);
    return true;
  }
}
