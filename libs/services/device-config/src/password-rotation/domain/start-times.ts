const HOUR_MS = 3_600_000;

interface Pace {
  stations: number;
  /** Stations that begin in an hour, on average. */
  perHour: number;
  from: Date;
  /** At least 0 and below 1. */
  random(): number;
}

/**
 * When each of the stations begins: at random over the time that the pace needs, so that neither their order nor the start of the campaign brings many at
 * once.
 */
export function startTimes({ stations, perHour, from, random }: Pace): Date[] {
  const spanMs = (stations / perHour) * HOUR_MS;
  return Array.from({ length: stations }, () => new Date(from.getTime() + Math.floor(random() * spanMs)));
}
