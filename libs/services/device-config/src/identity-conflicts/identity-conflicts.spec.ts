import { CONNECTIONS, type ConnectionEvent } from '@voltbus/contracts';
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

/** The beginning of the connection of that number, and its origin. */
function connection(station: string, epoch: number, remoteAddress: string, changes: Partial<ConnectionEvent> = {}): ConnectionEvent {
  const at = new Date(start + epoch * 1_000).toISOString();
  const fixed = { protocol: 'ocpp1.6', gateway: 'gw', reason: 'connected' } as const;
  return { ...ref(station), ...fixed, epoch, at, remoteAddress, tookOver: epoch > 1, ...changes };
}

const connect = (events: ConnectionEvent[]) => service.deliver(CONNECTIONS.events.connected, events);
const shown = async (station: string) => {
  const stored = await service.directory.find(ref(station));
  return stored === null ? null : stationView(stored).conflict;
};
const swaps = (station: string, count: number) =>
  Array.from({ length: count }, (_, index) => connection(station, index + 1, index % 2 === 0 ? '10.0.0.1' : '10.0.0.2'));

describe('two devices under one identity', () => {
  it('are shown with both addresses, counted once however often an event is delivered, and logged once', async () => {
    await service.stations.put(ref('twins'), {});
    const events = swaps('twins', LEAST_TAKE_OVERS + 1);
    for (const event of events.slice(0, -1)) await connect([event]);
    expect(await shown('twins')).toBeNull();
    await connect(events);
    await connect(events);
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

  it('are not found in a station that reconnects often, nor in an unknown one', async () => {
    await service.stations.put(ref('flaky'), {});
    await connect(Array.from({ length: 20 }, (_, index) => connection('flaky', index + 1, '10.0.0.1', { tookOver: false })));
    await connect(swaps('nobody', 20));
    expect(await shown('flaky')).toBeNull();
    const rows = await service.database.query(`SELECT FROM device_config.take_overs WHERE station = 'nobody'`);
    expect(rows).toEqual([]);
  });

  it('are counted anew after a gap, and forgotten with the station', async () => {
    await service.stations.put(ref('gap'), {});
    const early = (epoch: number) => ({ at: new Date(start - 3_600_000 + epoch).toISOString() });
    await connect(Array.from({ length: 9 }, (_, index) => connection('gap', index + 2, '10.0.0.1', early(index))));
    await connect([connection('gap', 20, '10.0.0.1')]);
    expect(await shown('gap')).toBeNull();
    await service.stations.forget(ref('gap'));
    expect(await service.database.query(`SELECT FROM device_config.take_overs WHERE station = 'gap'`)).toEqual([]);
  });

  it('have room for so many addresses, the latest', async () => {
    await service.stations.put(ref('many'), {});
    await connect(Array.from({ length: 30 }, (_, index) => connection('many', index + 2, `10.0.1.${index}`)));
    const conflict = await shown('many');
    expect(conflict?.addresses).toHaveLength(MAX_TAKE_OVER_ADDRESSES);
    expect(conflict?.addresses[0]?.address).toBe('10.0.1.29');
  });
});
