/** What an operator asked for; what is left out stays as it is. Times in Unix ms. */
export interface RequestedCorrection {
  startedAt?: number;
  endedAt?: number;
  /** Null: as the meter says again. */
  energyWh?: number | null;
}

export interface RequestedEnd {
  endedAt: number;
  meterStopWh: number | null;
}

/** Who acted, when (ISO 8601) and why. */
export interface Actor {
  by: string;
  at: string;
  reason: string;
}

/** An operator's last word about a transaction. It stands until another operator's, whatever the station says later. */
export type OperatorChange = Actor & {
  /** Billed instead of what the meter says; null: nothing. */
  energyWh: number | null;
} & ({ action: 'end'; asked: RequestedEnd } | { action: 'correct'; asked: RequestedCorrection });
