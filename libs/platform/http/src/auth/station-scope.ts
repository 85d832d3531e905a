import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { runWithStations } from '@voltbus/database';
import { Observable } from 'rxjs';
import type { StationGroups } from '../directories';
import type { Caller, CallerRequest } from './caller';

/** Stations of the groups of one caller. With more, a caller must be of the whole tenant: the names of all of them go into every statement of a list. */
export const MAX_STATIONS_OF_GROUPS = 10_000;

/** A request as `StationScopeGuard` leaves it. */
export interface ScopedRequest extends CallerRequest {
  /** Of a caller that is limited to station groups: the stations that its request may reach. */
  reachableStations?: readonly string[];
}

/** Runs the requests of callers that are limited to station groups so that every list that they read leaves out what is of other stations. */
export class StationScopeInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller, reachableStations = [] } = context.switchToHttp().getRequest<ScopedRequest>();
    if (caller === undefined || caller.stationGroups === null) return next.handle();
    return new Observable((subscriber) => runWithStations(reachableStations, () => next.handle().subscribe(subscriber)));
  }
}

/** The stations of the groups that a caller is limited to. Throws where there are more than `most`. */
export async function stationsOf(
  groups: StationGroups | null,
  { tenant, stationGroups }: Pick<Caller, 'tenant' | 'stationGroups'>,
  most = MAX_STATIONS_OF_GROUPS,
): Promise<readonly string[]> {
  if (groups === null || stationGroups === null) return [];
  const stations = await groups.stationsIn(tenant, stationGroups, most + 1);
  if (stations.length <= most) return stations;
  throw new CsmsError('limited-to-station-groups', `the station groups of the caller have more than ${most} stations`);
}
