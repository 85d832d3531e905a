/** Commands of one station that have no end yet: twice what a gateway queues for it, so that a day's worth can wait for one that is away. */
export const MAX_OPEN_OF_STATION = 100;
/** The same of a tenant: something for every station of a large fleet. */
export const MAX_OPEN_OF_TENANT = 50_000;
/** Commands that the API takes for one station, whatever becomes of them: each is kept for a month. Each process of the API counts for itself. */
export const TAKEN_OF_STATION = { burst: 1_000, perDay: 10_000 };

/** Which of the bounds is reached. */
export interface Crowd {
  station: boolean;
  tenant: boolean;
}

/** Why one more cannot be taken; null: it can. */
export function crowded({ station, tenant }: Crowd): string | null {
  if (station) return `${MAX_OPEN_OF_STATION} commands of the station have no end yet`;
  return tenant ? `${MAX_OPEN_OF_TENANT} commands of the tenant have no end yet` : null;
}
