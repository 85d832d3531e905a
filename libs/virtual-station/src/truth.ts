import type { Protocol } from '@voltbus/contracts';

/** What the stations of a fleet know after a run: `npm run simulator -- --truth FILE` writes it, and judges compare a CSMS with it. */
export interface Truth {
  seed: number;
  url: string;
  from: string;
  to: string;
  /** The fleet was registered with the simulator's own tariff. */
  priced: boolean;
  stations: StationTruth[];
  /** Commands that the API accepted for these stations. */
  commands: { id: string; station: string }[];
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
  /** The instants of the readings that the CSMS has answered, by the true clock; none of a station whose readings have no samples. */
  readingsAcknowledged: string[];
  /** Messages that the station gave up. */
  lost: number;
}
