import { PROFILE_REQUESTS } from '@voltbus/contracts';
import { onBatch, type EventSubscription } from '@voltbus/service';
import type { DeviceConfigTelemetry } from '../../telemetry';
import type { StationProfiles } from '../station-profiles';

/** Gateways wait 5 s; twice that allows for clocks that differ. After an outage the backlog is passed over: no gateway waits for it any more. */
const PROFILE_WAIT_MS = 10_000;

/** Answers profile requests, many at once: a reconnect storm after the registry was flushed is one query per batch. */
export function onProfileRequest(profiles: StationProfiles, telemetry: DeviceConfigTelemetry): EventSubscription {
  return onBatch(PROFILE_REQUESTS.events.requested, async (requests, { settle }) => {
    const awaited = requests.filter(({ record }) => Date.now() - record.timestamp < PROFILE_WAIT_MS);
    telemetry.profilesLate(requests.length - awaited.length);
    if (awaited.length === 0) return;
    for (const send of await profiles.answers(awaited.map(({ data }) => data))) settle(send());
  });
}
