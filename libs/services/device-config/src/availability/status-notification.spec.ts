import type { StationRef } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const ref = (station: string): StationRef => ({ tenant: 'default', station });

describe('StatusNotification', () => {
  const at = (minutes: number) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();
  const status16 = (connectorId: number, status: string, timestamp?: string) => ({ connectorId, status, errorCode: 'NoError', timestamp });
  const statesOf = async (station: string) =>
    (await service.directory.find(ref(station)))?.connectors.map(({ evse, connector, status }) => [evse, connector, status]);

  it('1.6 section 4.9 takes a connector for an EVSE with one connector, and connector 0 for the station', async () => {
    const station = { protocol: 'ocpp1.6', station: 'status-16' } as const;
    await service.stations.put(ref('status-16'), {});
    await service.sendMany([0, 1, 2].map((id) => ({ station, action: 'StatusNotification', payload: status16(id, 'Available', at(0)) })));
    expect(await statesOf('status-16')).toEqual([
      [0, 0, 'Available'],
      [1, 1, 'Available'],
      [2, 1, 'Available'],
    ]);
  });

  it('keeps the newest of a batch, whatever the order', async () => {
    const station = { protocol: 'ocpp1.6', station: 'order' } as const;
    await service.stations.put(ref('order'), {});
    const reports = [
      status16(1, 'Charging', at(5)),
      status16(1, 'Preparing', at(3)),
      status16(1, 'Finishing', at(6)),
      status16(1, 'Available', at(6)),
    ];
    await service.sendMany(reports.map((payload) => ({ station, action: 'StatusNotification', payload })));
    await service.send(station, 'StatusNotification', status16(1, 'Faulted', at(4)));
    expect(await statesOf('order')).toEqual([[1, 1, 'Available']]);
  });

  it('is fenced: the report of an older connection does not overwrite that of a newer one', async () => {
    const station = { protocol: 'ocpp2.0.1', station: 'fenced-status' } as const;
    await service.stations.put(ref('fenced-status'), {});
    const status = (connectorStatus: string, minutes: number) => ({ evseId: 1, connectorId: 2, connectorStatus, timestamp: at(minutes) });
    await service.send({ ...station, epoch: 2 }, 'StatusNotification', status('Occupied', 1));
    await service.send({ ...station, epoch: 1 }, 'StatusNotification', status('Available', 2));
    expect(await statesOf('fenced-status')).toEqual([[1, 2, 'Occupied']]);
  });

  it('believes a newer connection whatever its clock shows: the station may have restarted behind its time', async () => {
    const station = { protocol: 'ocpp1.6', station: 'behind' } as const;
    await service.stations.put(ref('behind'), {});
    await service.send({ ...station, epoch: 1 }, 'StatusNotification', status16(1, 'Charging', at(30)));
    await service.send({ ...station, epoch: 1 }, 'StatusNotification', status16(1, 'Finishing', at(10)));
    expect(await statesOf('behind')).toEqual([[1, 1, 'Charging']]); // of the same connection: sent late
    await service.send({ ...station, epoch: 2 }, 'StatusNotification', status16(1, 'Available', at(10)));
    expect(await statesOf('behind')).toEqual([[1, 1, 'Available']]);
  });

  it.each([
    ['ahead', '2106-02-07T06:28:15Z'],
    ['in 1970', '1970-01-01T00:00:00Z'],
    ['unreadable', 'yesterday'],
  ])('does not let a clock that is %s hold off what comes later', async (what, timestamp) => {
    const station = { protocol: 'ocpp1.6', station: `clock ${what}` } as const;
    await service.stations.put(ref(station.station), {});
    const receivedAt = new Date(Date.now() - 1_000);
    await service.send({ ...station, receivedAt }, 'StatusNotification', status16(1, 'Charging', timestamp));
    expect((await service.directory.find(ref(station.station)))?.connectors[0]?.changedAt).toBe(receivedAt.toISOString());
    await service.send(station, 'StatusNotification', status16(1, 'Available', new Date().toISOString()));
    expect(await statesOf(station.station)).toEqual([[1, 1, 'Available']]);
  });

  it('of a station that was deleted meanwhile does not hold up the others', async () => {
    await service.stations.put(ref('remains'), {});
    const status = (station: string) => ({
      station: { protocol: 'ocpp1.6' as const, station },
      action: 'StatusNotification',
      payload: status16(1, 'Available'),
    });
    await service.sendMany([status('gone'), status('remains')]);
    expect(await statesOf('remains')).toEqual([[1, 1, 'Available']]);
  });

  it('G01 may come as an event of the connector instead', async () => {
    await service.stations.put(ref('events'), {});
    const component = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
    const event = (name: string, actualValue: string) => ({ component, variable: { name }, actualValue, timestamp: at(0) });
    const eventData = [event('AvailabilityState', 'Occupied'), event('AvailabilityState', 'Strange'), event('Available', 'true')];
    await service.send({ protocol: 'ocpp2.1', station: 'events' }, 'NotifyEvent', { generatedAt: at(0), seqNo: 0, eventData });
    expect(await statesOf('events')).toEqual([[1, 1, 'Occupied']]);
  });
});
