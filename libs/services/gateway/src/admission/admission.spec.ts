import { hashStationKey } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

describe('an upgrade', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    await fixture.addStation('unknown', { known: false, keyHashes: [] });
  });

  it("is accepted with the station's password, under the first version of its list that is spoken here", async () => {
    const { socket } = await fixture.connect('CS-1', { protocol: 'ocpp9,ocpp2.0.1,ocpp1.6' });
    expect(socket.protocol).toBe('ocpp2.0.1');
  });

  it.each([
    ['a wrong password', 'CS-1', { password: 'something else entirely' }, '401'],
    ['an unknown station', 'unknown', {}, '401'],
    ["another station's user name", 'CS-1', { path: '/ocpp/unknown' }, '401'],
    ['no common version (TC_088_CSMS)', 'CS-1', { protocol: 'ocpp0.1' }, '400'],
    ['no version at all', 'CS-1', { protocol: '' }, '400'],
    ["a path that is no station's", 'CS-1', { path: '/elsewhere/CS-1' }, '404'],
  ])('is refused for %s', async (_name, station, options, status) => {
    await expect(fixture.connect(station, options)).rejects.toThrow(status);
  });

  it('asks for no password of a station with security profile 0, and answers 404 to one it does not know', async () => {
    await fixture.addStation('free', { securityProfile: 0, keyHashes: [] });
    await fixture.addStation('nobody', { securityProfile: 0, known: false });
    await fixture.addStation('newcomer', { securityProfile: 0, known: false, unknownStations: 'register' });
    await fixture.connect('free', { password: '' });
    await fixture.connect('newcomer', { password: '' });
    await expect(fixture.connect('nobody')).rejects.toThrow('404');
  });

  it('takes a 1.6 key as its hexadecimal text in the other case too (quirk 10)', async () => {
    const key = 'ab'.repeat(16);
    await fixture.addStation('hex', {
      keyHashes: [hashStationKey('p'.repeat(32), { tenant: 'default', station: 'hex' }, Buffer.from(key))],
    });
    await fixture.connect('hex', { password: key.toUpperCase() });
    await expect(fixture.connect('hex', { password: 'cd'.repeat(16) })).rejects.toThrow('401');
  });

  it('keeps tenants apart: one identity in two tenants is two stations', async () => {
    await fixture.addStation('CS-1', { securityProfile: 0 });
    await fixture.addStation('CS-1', { tenant: 'acme', securityProfile: 0 });
    const ours = await fixture.connect('CS-1');
    const theirs = await fixture.connect('CS-1', { path: '/ocpp/acme/CS-1' });
    expect(await ours.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(await theirs.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await ours.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
    expect(theirs.frames).toEqual([]);
  });
});
