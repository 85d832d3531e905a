import type { Truth } from '@voltbus/virtual-station';
import type { SentCommand } from '../fleet/commander';
import type { FleetPlan, Member } from '../fleet/fleet';

/** The truth of a fleet at the end of its run. */
export function truthOf(
  plan: Pick<FleetPlan, 'seed' | 'url'> & { priced: boolean },
  fleet: readonly Member[],
  commands: SentCommand[],
  from: Date,
  to: Date,
): Truth {
  return {
    seed: plan.seed,
    url: plan.url,
    from: from.toISOString(),
    to: to.toISOString(),
    priced: plan.priced,
    commands,
    stations: fleet.map(({ station, protocol }) => ({
      station: station.identity,
      protocol,
      personality: station.personality.name,
      clockIsWrong: station.personality.clockOffsetMs !== undefined,
      sessions: station.sessions.map((session) => ({
        ocppTransactionId: session.transactionId,
        idToken: session.idToken,
        startedAt: session.startedAt.toISOString(),
        endedAt: session.endedAt?.toISOString() ?? null,
        startWh: session.startWh,
        stopWh: session.endWh ?? session.register.wh,
        startAcknowledged: session.acknowledged.start,
        endAcknowledged: session.acknowledged.end,
        readingsAcknowledged: station.personality.mutations?.includes('no-samples')
          ? []
          : session.acknowledged.readings.map((at) => at.toISOString()),
        lost: session.lost,
      })),
    })),
  };
}
