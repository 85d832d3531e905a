import { eventually } from '@voltbus/testing';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(() => fixture.stop());

describe('a station without a known version', () => {
  it('is accepted and closed with 1002, as the specification demands, where SUBPROTOCOL_MISMATCH is set so (J 3.3)', async () => {
    fixture = await GatewayFixture.start({ SUBPROTOCOL_MISMATCH: 'accept-and-close' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(station.socket.protocol).toBe('');
    expect(await station.closed).toBe(1002);
    await expect(fixture.connect('CS-1', { protocol: '', password: 'wrong' })).rejects.toThrow('401');
    expect(fixture.metrics.total('gateway_handshakes_total', { result: 'no-common-protocol' })).toBe(1);
    expect(await fixture.connections.find({ tenant: 'default', station: 'CS-1' })).toBeNull();
  });

  it('quirk 9: is taken for one of 1.6 where SUBPROTOCOL_MISSING is set so, unless it offers other versions', async () => {
    fixture = await GatewayFixture.start({ SUBPROTOCOL_MISSING: 'ocpp1.6' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(station.socket.protocol).toBe(''); // it named none, so none is named
    const found = () => fixture.connections.find({ tenant: 'default', station: 'CS-1' });
    expect(await eventually(found, (owner) => owner !== null)).toMatchObject({ protocol: 'ocpp1.6' });
    await expect(fixture.connect('CS-1', { protocol: 'ocpp0.9' })).rejects.toThrow('400');
  });
});
