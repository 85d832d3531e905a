import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { CsmsError, MAX_STATION_LENGTH, type StationRef } from '@voltbus/contracts';
import type { CallerRequest } from './tenant';

/** Which stations there are. Given by whoever owns stations. */
export interface KnownStations {
  has(ref: StationRef): Promise<boolean>;
}
export const KNOWN_STATIONS = Symbol('known-stations');

interface StationRequest extends CallerRequest {
  routeOptions: { url?: string };
  params: { station?: string };
}

/** What is below a station; the station itself may be made. */
const BELOW_A_STATION = /^\/v1\/stations\/:station\/./;

/**
 * One rule for every route below a station, whichever service has it: nothing is asked, made or shown of a station that is not there. A name that no station can
 * have is left to the route, which says what is wrong with it. Comes after `AuthGuard`.
 */
export class KnownStationGuard implements CanActivate {
  constructor(private readonly stations: KnownStations) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller, params, routeOptions } = context.switchToHttp().getRequest<StationRequest>();
    const { station } = params;
    if (caller === undefined || station === undefined || !BELOW_A_STATION.test(routeOptions.url ?? '') || !isName(station)) return true;
    if (await this.stations.has({ tenant: caller.tenant, station })) return true;
    throw new CsmsError('unknown-station', 'no such station');
  }
}

function isName(name: string): boolean {
  return name.length <= MAX_STATION_LENGTH && /^[^\p{Cc}\p{Cs}]+$/u.test(name);
}
