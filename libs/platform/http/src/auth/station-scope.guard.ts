import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ModuleRef, Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import type { StationGroups } from '../directories';
import { isBelowStation, isStationName, unknownStation, type StationRequest } from '../requests/known-station';
import { accessOf } from './access';
import type { Caller } from './caller';
import type { Reach } from './reach';
import { stationsOf, type ScopedRequest } from './station-scope';

/**
 * Lets a caller that is limited to station groups reach the stations of those groups only, as the route declares: whatever is of another station is
 * answered as if it did not exist. Runs after the parameters were checked. Where stations are not known, such a caller reaches nothing.
 */
export class StationScopeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
    private readonly groups: StationGroups | null,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<StationRequest & ScopedRequest>();
    const access = accessOf(this.reflector, context);
    const { caller } = request;
    if (access === 'public' || caller === undefined || caller.stationGroups === null) return true;
    request.reachableStations = await this.reachable(caller, access.reach, { request, context });
    return true;
  }

  /** The stations of which the request may read and change something. Throws where the one that it is about is none of them. */
  private async reachable(
    caller: Caller,
    reach: Reach,
    { request, context }: { request: StationRequest; context: ExecutionContext },
  ): Promise<readonly string[]> {
    if (reach.kind === 'list') return stationsOf(this.groups, caller);
    if (reach.kind === 'station') {
      const station = await this.stationInPath(caller, request);
      if (reach.writesGroup) checkGroup(caller, request.body);
      return [station];
    }
    if (reach.kind === 'item') return [await this.stationOfItem(caller, reach, { request, context })];
    return [];
  }

  private async stationInPath(caller: Caller, { params: { station = '' }, routeOptions: { url = '' } }: StationRequest): Promise<string> {
    if (isStationName(station) && (await this.reaches(caller, station))) return station;
    throw isBelowStation(url) ? unknownStation() : new CsmsError('not-found', 'no such station');
  }

  private async stationOfItem(
    caller: Caller,
    { noun, stationOf }: Reach & { kind: 'item' },
    { request, context }: { request: StationRequest; context: ExecutionContext },
  ): Promise<string> {
    const controller: unknown = this.modules.get(context.getClass(), { strict: false });
    const params = request.params as Readonly<Record<string, string>>; // Fastify's own parameters are text
    const station = await stationOf(controller, { tenant: caller.tenant, params });
    if (station !== null && (await this.reaches(caller, station))) return station;
    throw new CsmsError('not-found', `no such ${noun}`);
  }

  private reaches({ tenant, stationGroups }: Caller, station: string): Promise<boolean> {
    if (this.groups === null || stationGroups === null) return Promise.resolve(false);
    return this.groups.has({ tenant, station }, stationGroups);
  }
}

/** Nobody moves a station to where they cannot reach it. */
function checkGroup({ stationGroups }: Caller, body: unknown): void {
  if (typeof body !== 'object' || body === null || !('group' in body)) return;
  const { group } = body;
  const own = stationGroups?.some((one) => typeof group === 'string' && one.toUpperCase() === group.toUpperCase());
  if (own !== true) throw new CsmsError('limited-to-station-groups', 'the station would leave the station groups of the caller');
}
