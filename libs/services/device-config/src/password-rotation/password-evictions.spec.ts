import { TestGateway } from '../testing/test-gateway';
import { RECONNECT_MS } from './limits';
import { RotationFixture } from './testing/rotation-fixture';

let fixture: RotationFixture;
let gateway: TestGateway;
beforeAll(async () => {
  fixture = await RotationFixture.start();
  gateway = await TestGateway.at(fixture.service, 1);
});
afterAll(async () => {
  await gateway?.close();
  await fixture?.close();
});

/** A station that was sent its new password, over a connection by the old one. */
async function connected(name: string) {
  const one = await fixture.rotating(name);
  return { one, epoch: await gateway.connect(one.ref, 'ocpp1.6') };
}
const reasonsOf = (name: string) => gateway.evictionsOf(name).map(({ epoch, reason }) => [epoch, reason]);

describe('the connections of a station whose password is replaced', () => {
  it('are closed once, where it has accepted the new one and stays', async () => {
    const { one, epoch } = await connected('stays');
    await one.end({ response: { status: 'Accepted' } });
    expect(reasonsOf('stays')).toEqual([]);
    for (const _ of [1, 2]) await one.later(RECONNECT_MS);
    expect(reasonsOf('stays')).toEqual([[epoch, 'credentials-changed']]);
  });

  it('stay by the new one, and every gateway loses what it knew of the old one', async () => {
    const { one, epoch } = await connected('comes');
    expect(await fixture.service.connections.profile(one.ref)).toMatchObject({ passwordRotation: { id: (await one.find()).id } });
    await one.connect(epoch);
    expect(reasonsOf('comes')).toEqual([]);
    expect(await fixture.service.connections.profile(one.ref)).toBeNull();
  });

  it('are closed by the old one where that is newer than the one by the new password', async () => {
    const { one, epoch } = await connected('goes-back');
    await one.connect(epoch - 1);
    expect(reasonsOf('goes-back')).toEqual([[epoch, 'credentials-changed']]);
  });

  it.each(['old', 'new'] as const)('are closed where an operator decides for the %s one', async (keep) => {
    const { one, epoch } = await connected(`decides-${keep}`);
    await one.end({ status: 'unknown' });
    await fixture.rotations.decide(one.ref, keep);
    expect(reasonsOf(`decides-${keep}`)).toEqual([[epoch, 'credentials-changed']]);
  });
});
