import type { Protocol } from '@voltbus/contracts';
import type { SentCommand } from '../fleet/commander';
import type { FleetPlan, Member } from '../fleet/fleet';

/** The sessions as the stations know them. */
export interface Truth {
  seed: number;
  url: string;
  from: string;
  to: string;
  /** The fleet was registered with the tariff of `price.ts`. */
  priced: boolean;
  stations: StationTruth[];
  /** Commands that the API accepted for these stations. */
  commands: SentCommand[];
}

export interface StationTruth {
  station: string;
  protocol: Protocol;
  personality: string;
  /** The station's clock is wrong, so that times are not compared. */
  clockIsWrong: boolean;
  sessions: SessionTruth[];
}

export interface SessionTruth {
  /** 2.x: given by the station; 1.6: given by the CSMS, null if it never answered. */
  ocppTransactionId: string | null;
  idToken: string;
  startedAt: string;
  endedAt: string | null;
  startWh: number;
  stopWh: number;
  /** The CSMS has answered the message. */
  startAcknowledged: boolean;
  endAcknowledged: boolean;
  readingsAcknowledged: number;
  /** Messages that the station gave up. */
  lost: number;
}

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
        readingsAcknowledged: session.acknowledged.readings,
        lost: session.lost,
      })),
    })),
  };
}
