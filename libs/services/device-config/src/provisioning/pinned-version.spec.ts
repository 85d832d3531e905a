import { CONNECTIONS, type ProtocolMismatch } from '@voltbus/contracts';
import { TestGateway } from '../testing/test-gateway';
import { startService, type ServiceFixture } from '../testing/start-service';

const BUCKET = 3;
let service: ServiceFixture;
let gateway: TestGateway;
beforeAll(async () => {
  service = await startService();
  gateway = await TestGateway.at(service, BUCKET);
});
afterAll(async () => {
  await gateway?.close();
  await service?.close();
});

const ref = (station: string) => ({ tenant: 'default', station });
const connect = (station: string) => gateway.connect(ref(station), 'ocpp2.0.1');

/** A gateway publishes that the station spoke 1.6 there. */
async function speaksOther(station: string, epoch: number, changes: object = {}): Promise<void> {
  const value: ProtocolMismatch = {
    ...ref(station),
    protocol: 'ocpp2.0.1',
    spoken: 'ocpp1.6',
    action: 'StartTransaction',
    gateway: 'gw',
    epoch,
    at: '2026-11-24T10:00:00.000Z',
  };
  await service.deliver(CONNECTIONS.events.protocolMismatch, [{ ...value, ...changes }]);
}

const pinOf = async (station: string) => (await service.directory.find(ref(station)))?.pinnedProtocol;
const evictionsOf = (station: string) => gateway.evictionsOf(station).map(({ epoch, reason }) => [epoch, reason]);

describe('a station that speaks 1.6 though 2.x was agreed on (quirk 24)', () => {
  it('is pinned to 1.6 with its profile, and is disconnected after that is stored', async () => {
    await service.stations.put(ref('CS-1'), {});
    const epoch = await connect('CS-1');
    await speaksOther('CS-1', epoch);
    expect(await pinOf('CS-1')).toBe('ocpp1.6');
    expect(evictionsOf('CS-1')).toEqual([[epoch, 'version-pinned']]);
    expect(await service.connections.profile(ref('CS-1'))).toBeNull();
    await service.profiles.refresh(ref('CS-1'));
    expect(await service.connections.profile(ref('CS-1'))).toMatchObject({ pinnedProtocol: 'ocpp1.6' });
  });

  it('is disconnected once, and after an operator took the pin back only a later connection pins it again', async () => {
    await service.stations.put(ref('CS-2'), {});
    const epoch = await connect('CS-2');
    await speaksOther('CS-2', epoch);
    await speaksOther('CS-2', epoch);
    expect(evictionsOf('CS-2')).toHaveLength(1);
    await service.stations.put(ref('CS-2'), { pinnedProtocol: null });
    expect(evictionsOf('CS-2')).toHaveLength(2);
    await speaksOther('CS-2', epoch);
    expect([await pinOf('CS-2'), evictionsOf('CS-2').length]).toEqual([null, 2]);
    await speaksOther('CS-2', await connect('CS-2'));
    expect(await pinOf('CS-2')).toBe('ocpp1.6');
  });

  it('keeps the version that an operator has pinned it to, also when other members are put', async () => {
    await service.stations.put(ref('CS-3'), { pinnedProtocol: 'ocpp2.0.1', group: 'depot' });
    await speaksOther('CS-3', await connect('CS-3'));
    expect([await pinOf('CS-3'), evictionsOf('CS-3')]).toEqual(['ocpp2.0.1', []]);
    await service.stations.put(ref('CS-3'), { registration: 'pending' });
    expect(await pinOf('CS-3')).toBe('ocpp2.0.1');
  });

  it('that is unknown is passed over, and an event that cannot be read is a dead letter', async () => {
    await speaksOther('CS-4', 1);
    expect(await pinOf('CS-4')).toBeUndefined();
    await expect(speaksOther('CS-4', 1, { spoken: 'ocpp9' })).rejects.toThrow('not a voltbus.station.protocol-mismatch');
  });
});
