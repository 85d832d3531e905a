import { CONNECTIONS, fromCloudEventHeaders, parseStationKey } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
let published: string[];
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  published = [];
  await fixture.bus.follow({
    name: 'device-config',
    topic: CONNECTIONS,
    handle: ({ key, headers }) => {
      if (fromCloudEventHeaders(headers).type === 'voltbus.station.protocol-mismatch') published.push(parseStationKey(key).station);
    },
  });
});
afterEach(() => fixture.stop());

const start = [2, 's', 'StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 0, timestamp: '2026-01-01T00:00:00Z' }];
const mismatches = (): number => fixture.metrics.total('gateway_anomalies_total', { kind: 'protocol-mismatch' });

describe('a station that speaks 1.6 where 2.x was agreed on (quirk 24)', () => {
  it('is answered NotImplemented, and published once, however often it calls', async () => {
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1' });
    for (let time = 0; time < 3; time++) expect(await station.call(start)).toMatchObject([4, 's', 'NotImplemented', '', {}]);
    expect([mismatches(), published]).toEqual([1, ['CS-1']]);
  });

  it('is not published when it needs no password, because anybody who poses as it could change its version', async () => {
    await fixture.addStation('CS-1', { securityProfile: 0, keyHashes: [] });
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1', password: '' });
    await station.call(start);
    await station.call([2, 'h', 'Heartbeat', {}]);
    expect([mismatches(), published]).toEqual([1, []]);
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
  ])('is none of %s with %j', async (protocol, frame) => {
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol });
    station.send(frame);
    await station.call([2, 'h', 'Heartbeat', {}]);
    expect([mismatches(), published]).toEqual([0, []]);
  });
});
