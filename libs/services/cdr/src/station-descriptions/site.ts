import type { StationDescription } from '@voltbus/contracts';
import { heldAt, type Version } from '@voltbus/pricing';

/** What a CDR shows of its station. */
export type Site = Pick<StationDescription, 'name' | 'place' | 'evseIds'>;

/** Where a session took place: the description that the station had at its start. One that is given for the first time holds for earlier sessions as well. */
export function siteAt(versions: readonly Version<Site>[], startedAt: string): Site | null {
  return heldAt(versions, Date.parse(startedAt));
}
