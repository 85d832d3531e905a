import { CONNECTIONS, deterministicId, toCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import type { BusRecord } from '@voltbus/bus';
import { onConnection } from '../availability/events/on-connection';
import { stationView } from '../provisioning/http/station';
import { startService, type ServiceFixture } from '../testing/start-service';
import { LEAST_TAKE_OVERS, MAX_TAKE_OVER_ADDRESSES } from './domain/identity-conflict';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ref = (station: string) => ({ tenant: 'default', station });
const start = Date.now() - 60_000;

/** The connection of that number, and where it came from. */
function connection(station: string, epoch: number, remoteAddress: string, changes: Partial<ConnectionEvent> = {}): BusRecord {
  const at = new Date(start + epoch * 1_000).toISOString();
  const event = {
    ...ref(station),
    protocol: 'ocpp1.6',
    gateway: 'gw',
    epoch,
    at,
    reason: 'connected',
    remoteAddress,
    tookOver: epoch > 1,
    ...changes,
  };
  const id = deterministicId('connected', station, String(epoch));
  const said = toCloudEventHeaders({
    id,
    type: 'voltbus.station.connected',
    source: '/voltbus/gateway',
    time: at,
    subject: station,
    tenant: 'default',
  });
  const headers = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, Buffer.from(value)]));
  const value = Buffer.from(JSON.stringify(event));
  return { topic: CONNECTIONS.name, partition: 0, offset: BigInt(epoch), key: `default/${station}`, value, headers, timestamp: 0 };
}

const hear = (records: BusRecord[]) => onConnection(service).handle(records as never, { settle: () => undefined } as never);
const shown = async (station: string) => {
  const stored = await service.directory.find(ref(station));
  return stored === null ? null : stationView(stored).conflict;
};
const swaps = (station: string, count: number) =>
  Array.from({ length: count }, (_, index) => connection(station, index + 1, index % 2 === 0 ? '10.0.0.1' : '10.0.0.2'));

describe('two devices under one identity', () => {
  it('are shown with both addresses, counted once however often it is told, and told of once', async () => {
    await service.stations.put(ref('twins'), {});
    const events = swaps('twins', LEAST_TAKE_OVERS + 1);
    for (const event of events.slice(0, -1)) await hear([event]);
    expect(await shown('twins')).toBeNull();
    await hear(events);
    await hear(events);
    expect(await shown('twins')).toEqual({
      since: new Date(start + 2_000).toISOString(),
      takeOvers: 5,
      addresses: [
        { address: '10.0.0.2', takeOvers: 3, lastAt: new Date(start + 6_000).toISOString() },
        { address: '10.0.0.1', takeOvers: 2, lastAt: new Date(start + 5_000).toISOString() },
      ],
    });
    expect(service.metrics.total('station_identity_conflicts_total')).toBe(1);
  });

  it('are not seen in a station that comes and goes, nor in one that nobody knows', async () => {
    await service.stations.put(ref('flaky'), {});
    await hear(Array.from({ length: 20 }, (_, index) => connection('flaky', index + 1, '10.0.0.1', { tookOver: false })));
    await hear(swaps('nobody', 20));
    expect(await shown('flaky')).toBeNull();
    const rows = await service.database.query(`SELECT FROM device_config.take_overs WHERE station = 'nobody'`);
    expect(rows).toEqual([]);
  });

  it('are counted anew after a gap, and forgotten with the station', async () => {
    await service.stations.put(ref('gap'), {});
    const early = (epoch: number) => ({ at: new Date(start - 3_600_000 + epoch).toISOString() });
    await hear(Array.from({ length: 9 }, (_, index) => connection('gap', index + 2, '10.0.0.1', early(index))));
    await hear([connection('gap', 20, '10.0.0.1')]);
    expect(await shown('gap')).toBeNull();
    await service.stations.remove(ref('gap'));
    expect(await service.database.query(`SELECT FROM device_config.take_overs WHERE station = 'gap'`)).toEqual([]);
  });

  it('have room for so many addresses, the latest', async () => {
    await service.stations.put(ref('many'), {});
    await hear(Array.from({ length: 30 }, (_, index) => connection('many', index + 2, `10.0.1.${index}`)));
    const conflict = await shown('many');
    expect(conflict?.addresses).toHaveLength(MAX_TAKE_OVER_ADDRESSES);
    expect(conflict?.addresses[0]?.address).toBe('10.0.1.29');
  });
});
