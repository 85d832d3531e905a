import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { MAX_STATION_LENGTH, isText } from '@voltbus/contracts';
import type { CallerRequest } from '../auth/caller';
import type { KnownStations } from '../directories';
import { unknownStation } from './known-station';

interface StationRequest extends CallerRequest {
  routeOptions: { url?: string };
  params: { station?: string };
}

/** Routes below a station. The station's own route may register it. */
const BELOW_A_STATION = /^\/v1\/stations\/:station\/./;

/**
 * Answers `unknown-station` to every request below a station that is not registered, whichever service has the route. A name that no station can have is left
 * to the route, which reports the fault with its path. Runs after `AuthGuard`.
 */
export class KnownStationGuard implements CanActivate {
  constructor(private readonly stations: KnownStations) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller, params, routeOptions } = context.switchToHttp().getRequest<StationRequest>();
    const { station } = params;
    if (caller === undefined || station === undefined || !BELOW_A_STATION.test(routeOptions.url ?? '') || !isName(station)) return true;
    if (await this.stations.has({ tenant: caller.tenant, station })) return true;
    throw unknownStation();
  }
}

function isName(name: string): boolean {
  return name !== '' && name.length <= MAX_STATION_LENGTH && isText(name);
}
