import { PROFILE_REQUESTS, type ProfileRequest, type StationProfile } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import { until } from '@voltbus/testing';
import { MAX_PROFILE_REQUESTS_PER_SOURCE } from '../limits';
import { StationProfiles } from './profiles';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
let requests: ProfileRequest[];
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  fixture.deviceConfigAnswers = false; // answered here
  requests = [];
  await fixture.bus.follow({
    name: 'device-config',
    topic: PROFILE_REQUESTS,
    handle: ({ value }) => fixture.record(() => requests.push(JSON.parse(value.toString()) as ProfileRequest)),
  });
});
afterEach(() => fixture.stop());

async function answer({ requestId, inst, bucket, tenant, station }: ProfileRequest, changes: Partial<StationProfile>): Promise<void> {
  const profile: StationProfile = {
    tenant,
    station,
    known: true,
    blocked: false,
    securityProfile: 0,
    keyHashes: [],
    registration: 'accepted',
    unknownStations: 'refuse',
    answersUpdates: false,
    ...changes,
  };
  await publishDownlink(fixture.bus, { ref: { tenant, station }, bucket }, { kind: 'profile', inst, requestId }, JSON.stringify(profile));
}

const once = async (): Promise<ProfileRequest> => {
  await fixture.until(() => requests.length > 0);
  return requests[0] as ProfileRequest; // awaited above
};

describe('a station whose profile is not in the registry', () => {
  it('is requested once, however many connections wait, and admitted by the answer', async () => {
    const looked = jest.spyOn(fixture.connections, 'profile');
    const both = [fixture.connect('CS-9'), fixture.connect('CS-9')];
    const request = await once();
    await until('both connections wait for the profile', () => looked.mock.calls.length >= 2);
    await answer(request, {});
    await Promise.all(both);
    expect(requests).toHaveLength(1);
  });

  it('is refused by the answer', async () => {
    const refused = fixture.connect('CS-9');
    const expected = expect(refused).rejects.toThrow('404');
    await answer(await once(), { known: false });
    await expected;
  });

  it('gets 503 when nobody answers within five seconds', async () => {
    const since = performance.now();
    await expect(fixture.connect('CS-9')).rejects.toThrow('503');
    expect(performance.now() - since).toBeGreaterThan(4_900);
  });

  it('is requested while the registry is away too, and remembered from then on', async () => {
    fixture.connections.setAvailable(false);
    const first = fixture.connect('CS-9');
    await answer(await once(), {});
    await first;
    await fixture.connect('CS-9');
    expect(requests).toHaveLength(1);
  });

  it('is requested again after an eviction, which means that the profile has changed', async () => {
    fixture.connections.setAvailable(false);
    const first = fixture.connect('CS-9');
    const request = await once();
    await answer(request, {});
    const station = await first;
    await station.call([2, 'h', 'Heartbeat', {}]);
    const { inst, bucket, tenant, station: name } = request;
    await publishDownlink(
      fixture.bus,
      { ref: { tenant, station: name }, bucket },
      { kind: 'evict', inst, epoch: Number.MAX_SAFE_INTEGER, reason: 'credentials-changed' },
    );
    expect(await station.closed).toBe(1000);
    const again = fixture.connect('CS-9');
    await fixture.until(() => requests.length === 2);
    if (requests[1] !== undefined) await answer(requests[1], {});
    await again;
  });

  it('is not requested beyond the requests that one address may have open, while other addresses go on', async () => {
    const asked: ProfileRequest[] = [];
    const bus = {
      publish: async (_topic: unknown, { value }: { value: Buffer }) => void asked.push(JSON.parse(value.toString()) as ProfileRequest),
    };
    const profiles = new StationProfiles(bus as never, fixture.connections, () => ({ inst: 'gw', bucket: 0 }));
    const ask = (station: string, source: string) => profiles.requestProfile({ tenant: 'default', station }, source);
    const waiting = Array.from({ length: MAX_PROFILE_REQUESTS_PER_SOURCE }, (_, index) => ask(`guess-${index}`, '10.0.0.1'));
    expect(await ask('one more', '10.0.0.1')).toBeNull();
    waiting.push(ask('elsewhere', '10.0.0.2'));
    expect(asked).toHaveLength(MAX_PROFILE_REQUESTS_PER_SOURCE + 1);
    const answerAll = () => asked.forEach(({ requestId }) => profiles.onProfileReceived(requestId, fixture.addUncachedStation('CS-1')));
    answerAll();
    expect(await Promise.all(waiting)).not.toContain(null);
    const again = ask('and again', '10.0.0.1');
    answerAll();
    expect(await again).not.toBeNull();
  });
});
