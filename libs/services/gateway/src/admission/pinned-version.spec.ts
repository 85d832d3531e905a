import { CONNECTIONS, fromCloudEventHeaders, parseStationKey } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
let told: string[];
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  told = [];
  await fixture.bus.follow({
    name: 'device-config',
    topic: CONNECTIONS,
    handle: ({ key, headers }) => {
      if (fromCloudEventHeaders(headers).type === 'voltbus.station.protocol-mismatch') told.push(parseStationKey(key).station);
    },
  });
});
afterEach(() => fixture.stop());

const start = [2, 's', 'StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 0, timestamp: '2026-01-01T00:00:00Z' }];
const misspoke = (): number => fixture.metrics.total('gateway_anomalies_total', { kind: 'protocol-mismatch' });

describe('a station that is pinned to a version (quirk 24)', () => {
  it.each([
    ['ocpp2.0.1,ocpp1.6', 'ocpp1.6'],
    ['ocpp1.6,ocpp2.0.1', 'ocpp1.6'],
    ['ocpp2.1,ocpp2.0.1', 'ocpp2.1'],
  ])('and offers %s speaks %s: the pin counts where it is offered, and locks nobody out', async (protocol, agreed) => {
    await fixture.addStation('CS-1', { pinnedProtocol: 'ocpp1.6' });
    const { socket } = await fixture.connect('CS-1', { protocol });
    expect(socket.protocol).toBe(agreed);
    const session = fixture.gateways[0]?.gateway.sessions.all().next().value;
    expect(session?.connection.protocol).toBe(agreed);
  });

  it('has its own order again when the pin is taken back, and a pin that came while it connected makes it leave', async () => {
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

describe('a station that speaks 1.6 where 2.x was agreed on (quirk 24)', () => {
  it('is answered NotImplemented, and told of once, however much it says', async () => {
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1' });
    for (let time = 0; time < 3; time++) expect(await station.call(start)).toMatchObject([4, 's', 'NotImplemented', '', {}]);
    expect([misspoke(), told]).toEqual([1, ['CS-1']]);
  });

  it('and needs no password is not told of: whoever poses as it must not decide what it speaks', async () => {
    await fixture.addStation('CS-1', { securityProfile: 0, keyHashes: [] });
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1', password: '' });
    await station.call(start);
    await station.call([2, 'h', 'Heartbeat', {}]);
    expect([misspoke(), told]).toEqual([1, []]);
  });

  it.each([
    ['ocpp1.6', start],
    ['ocpp2.0.1', [2, 'x', 'MakeCoffee', {}]],
    ['ocpp2.0.1', [2, 'x', 'ChangeConfiguration', {}]],
    [
      'ocpp2.0.1',
      [
        2,
        'x',
        'BootNotification',
        { chargingStation: { model: 'M', vendorName: 'V' }, reason: 'PowerUp', customData: { vendorId: 'V', chargePointVendor: 'V' } },
      ],
    ],
  ])('is none that says by %s %j', async (protocol, frame) => {
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol });
    station.send(frame);
    await station.call([2, 'h', 'Heartbeat', {}]);
    expect([misspoke(), told]).toEqual([0, []]);
  });
});
