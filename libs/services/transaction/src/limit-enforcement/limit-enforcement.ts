import { deterministicId, type CommandRequest } from '@voltbus/contracts';
import { remoteCommands } from '../remote-control';
import { isReached } from '../limits';
import type { TransactionTelemetry } from '../telemetry';
import type { RunningCost } from '../running-cost';
import type { LimitedSession, TypeormLimitEnforcement } from './store/typeorm-limit-enforcement';
import type { TypeormTransactionViews } from '../transactions';

/** How often sessions with a limit are checked; they may exceed it for that long. */
export const LIMITS_INTERVAL_MS = 5_000;
/** Looked at in one sweep. */
const MAX_WATCHED = 1_000;
/** A station that does not end the session gets another stop command after so long, */
export const REQUEST_AGAIN_MS = 60_000;
/** and so often at most. */
export const MAX_STOP_REQUESTS = 3;
/** Before periodic queries; behind nothing. */
const PRIORITY = 1;

interface LimitEnforcementParts {
  store: TypeormLimitEnforcement;
  views: Pick<TypeormTransactionViews, 'find'>;
  runningCost: Pick<RunningCost, 'of'>;
  telemetry: TransactionTelemetry;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Ends sessions that have reached their limit at stations that cannot keep one: those of 1.6 and 2.0.1. What a session
 * has come to is known from its reports: a station that reports once a minute may go a minute beyond. A station of 2.1
 * was sent the limit (E16), and ends the session itself.
 */
export class LimitEnforcement {
  constructor(private readonly parts: LimitEnforcementParts) {}

  /** Returns how many stations were asked. */
  async sweep(): Promise<number> {
    const { store, now } = this.parts;
    const at = now();
    let asked = 0;
    for (const session of await store.toWatch(new Date(at.getTime() - REQUEST_AGAIN_MS), MAX_STOP_REQUESTS, MAX_WATCHED))
      if ((await this.hasReached(session, at)) && (await this.end(session, at))) asked += 1;
    return asked;
  }

  private async hasReached({ tenant, station, id, startedAt, limit }: LimitedSession, at: Date): Promise<boolean> {
    const { views, runningCost } = this.parts;
    const energyWh = limit.maxEnergyWh === undefined ? 0 : ((await views.find(tenant, id))?.energyWh ?? 0);
    const seconds = (at.getTime() - startedAt.getTime()) / 1_000;
    const cost = limit.maxCost === undefined ? null : await runningCost.of({ tenant, station }, id, at.getTime(), 'always');
    return isReached(limit, { energyWh, seconds, cost });
  }

  private async end(session: LimitedSession, at: Date): Promise<boolean> {
    const { store, sendCommand, telemetry } = this.parts;
    if (!(await store.takeToStop(session, at))) return false;
    const { tenant, station, id, protocol, ocppTransactionId } = session;
    telemetry.limitReached({ tenant, station }, id);
    await sendCommand({
      id: deterministicId(tenant, 'limit-reached', id, at.toISOString()),
      tenant,
      station,
      ...remoteCommands[protocol].stop(ocppTransactionId),
      priority: PRIORITY,
      requestedBy: 'transaction',
    });
    return true;
  }
}
