/** An operator's correction; members left out stay unchanged. Times in Unix ms. */
export interface RequestedCorrection {
  startedAt?: number;
  endedAt?: number;
  /** Null: as metered again. */
  energyWh?: number | null;
}

export interface RequestedEnd {
  endedAt: number;
  meterStopWh: number | null;
}

/** The person who acted, with time (ISO 8601) and reason. */
export interface Actor {
  by: string;
  at: string;
  reason: string;
}

/** An operator's last change of a transaction. It stands until the next one, whatever the station reports later. */
export type OperatorChange = Actor & {
  /** Billed instead of the metered energy; null: not changed. */
  energyWh: number | null;
} & ({ action: 'end'; asked: RequestedEnd } | { action: 'correct'; asked: RequestedCorrection });
