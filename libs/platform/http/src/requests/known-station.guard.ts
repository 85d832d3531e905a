import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { KnownStations } from '../directories';
import { isBelowStation, isStationName, unknownStation, type StationRequest } from './known-station';

/**
 * Answers `unknown-station` to every request below a station that is not registered, whichever service has the route. A name that no station can have is left
 * to the route, which reports the fault with its path. Runs after `AuthGuard`.
 */
export class KnownStationGuard implements CanActivate {
  constructor(private readonly stations: KnownStations) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller, params, routeOptions } = context.switchToHttp().getRequest<StationRequest>();
    const { station } = params;
    if (caller === undefined || station === undefined || !isBelowStation(routeOptions.url ?? '') || !isStationName(station)) return true;
    if (await this.stations.has({ tenant: caller.tenant, station })) return true;
    throw unknownStation();
  }
}
