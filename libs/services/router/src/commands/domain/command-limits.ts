/** Commands of one station that have no end yet: twice the queue of a gateway, so that a day's commands can wait for a station that is away. */
export const MAX_OPEN_OF_STATION = 100;
/** The same of a tenant: enough for a command to every station of a large fleet. */
export const MAX_OPEN_OF_TENANT = 50_000;
/** Commands that the API accepts for one station, whatever their ends are: each is kept for a month. Each process of the API counts its own. */
export const ACCEPTED_OF_STATION = { burst: 1_000, perDay: 10_000 };

/** The bounds that are reached. */
export interface Crowd {
  station: boolean;
  tenant: boolean;
}

/** Why no further command can be accepted; null: it can. */
export function crowded({ station, tenant }: Crowd): string | null {
  if (station) return `${MAX_OPEN_OF_STATION} commands of the station have no end yet`;
  return tenant ? `${MAX_OPEN_OF_TENANT} commands of the tenant have no end yet` : null;
}
