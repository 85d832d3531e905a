import { PoisonError, type BusRecord, type Handler, type HandlerContext } from '@voltbus/bus';
import type { ProfileRequest } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { DeviceConfigTelemetry } from '../../telemetry';
import type { StationProfiles } from '../station-profiles';

/** Gateways wait 5 s; twice that allows for clocks that differ. After an outage the backlog is passed over, not answered to nobody. */
export const PROFILE_WAIT_MS = 10_000;

/** Answers what an upgrade asks, many at once: a reconnect storm after the registry was flushed is one query per batch. */
export function onProfileRequest(profiles: StationProfiles, telemetry: DeviceConfigTelemetry): Handler {
  return {
    shape: 'batch',
    name: 'on-profile-request',
    async handle(records: BusRecord[], { settle }: HandlerContext) {
      const awaited = records.filter(({ timestamp }) => Date.now() - timestamp < PROFILE_WAIT_MS);
      telemetry.profilesLate(records.length - awaited.length);
      if (awaited.length === 0) return;
      const requests = awaited.map(requestOf);
      for (const send of await transiently(() => profiles.answers(requests))) settle(send());
    },
  };
}

function requestOf({ value }: BusRecord): ProfileRequest {
  // Gateways are the only ones who write the topic.
  const { tenant, station, requestId, inst, bucket } = JSON.parse(value.toString('utf8')) as Partial<ProfileRequest>;
  if (tenant === undefined || station === undefined || requestId === undefined || inst === undefined || bucket === undefined)
    throw new PoisonError('a profile request that does not say of whom, or for whom');
  return { tenant, station, requestId, inst, bucket };
}
