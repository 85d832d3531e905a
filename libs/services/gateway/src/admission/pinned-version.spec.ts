import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

describe('a station that is pinned to a version (quirk 24)', () => {
  it.each([
    ['ocpp2.0.1,ocpp1.6', 'ocpp1.6'],
    ['ocpp1.6,ocpp2.0.1', 'ocpp1.6'],
    ['ocpp2.1,ocpp2.0.1', 'ocpp2.1'],
  ])('and offers %s speaks %s: a version that is not offered locks no station out', async (protocol, agreed) => {
    await fixture.addStation('CS-1', { pinnedProtocol: 'ocpp1.6' });
    const { socket } = await fixture.connect('CS-1', { protocol });
    expect(socket.protocol).toBe(agreed);
    const session = fixture.gateways[0]?.gateway.sessions.all().next().value;
    expect(session?.connection.protocol).toBe(agreed);
  });

  it('has its own order again when the pin is removed, and is disconnected by a pin that was set while it connected', async () => {
    await fixture.addStation('CS-1', { pinnedProtocol: null });
    const station = await fixture.connectReady('CS-1', { protocol: 'ocpp2.0.1,ocpp1.6' });
    expect(station.socket.protocol).toBe('ocpp2.0.1');
    const find = fixture.connections.acquire.bind(fixture.connections);
    jest.spyOn(fixture.connections, 'acquire').mockImplementation(async (...by) => {
      await fixture.addStation('CS-1', { pinnedProtocol: 'ocpp1.6' });
      return find(...by);
    });
    const late = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1,ocpp1.6' });
    expect(await late.closed).toBe(1000);
  });
});
