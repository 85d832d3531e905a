import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_CONNECTORS } from './store/typeorm-connectors';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const ref = (station: string) => ({ tenant: 'default', station });
const AT = new Date().toISOString();

describe.each<[Protocol, (number: number) => object]>([
  ['ocpp1.6', (connectorId) => ({ connectorId, errorCode: 'NoError', status: 'Available' })],
  ['ocpp2.0.1', (evseId) => ({ evseId, connectorId: 1, connectorStatus: 'Available', timestamp: AT })],
  ['ocpp2.1', (evseId) => ({ evseId, connectorId: 1, connectorStatus: 'Available', timestamp: AT })],
])('connectors of a station of %s', (protocol, status) => {
  const station = `numbers-${protocol}`;
  const shown = async () => {
    const found = await service.directory.find(ref(station));
    return { kept: found?.connectors.length, notKept: found?.reportsNotKept };
  };
  beforeAll(() => service.stations.put(ref(station), {}));

  it('are as many as a station may have, however many it names; what is beyond is answered and counted', async () => {
    const reports = Array.from({ length: 300 }, (_, nth) => ({
      station: { protocol, station },
      action: 'StatusNotification',
      payload: status(nth + 1),
    }));
    await service.sendMany(reports.slice(0, 100));
    await service.sendMany(reports.slice(100));
    expect(await shown()).toEqual({ kept: MAX_CONNECTORS, notKept: 300 - MAX_CONNECTORS });
    expect((await service.send({ protocol, station }, 'StatusNotification', status(9_999_999))).payload).toEqual({});
    expect(await shown()).toEqual({ kept: MAX_CONNECTORS, notKept: 301 - MAX_CONNECTORS });
  });

  it('that are kept go on to change', async () => {
    const faulted = protocol === 'ocpp1.6' ? { status: 'Faulted' } : { connectorStatus: 'Faulted' };
    await service.send({ protocol, station, epoch: 2 }, 'StatusNotification', { ...status(MAX_CONNECTORS), ...faulted });
    const connectors = (await service.directory.find(ref(station)))?.connectors ?? [];
    expect(connectors.find(({ evse }) => evse === MAX_CONNECTORS)?.status).toBe('Faulted');
  });
});

it('2.x NotifyEvent names no more connectors than StatusNotification', async () => {
  await service.stations.put(ref('events'), {});
  const eventData = Array.from({ length: 200 }, (_, nth) => ({
    ...{ eventId: nth, timestamp: AT, trigger: 'Delta', actualValue: 'Available', eventNotificationType: 'HardWiredNotification' },
    component: { name: 'Connector', evse: { id: nth + 1, connectorId: 1 } },
    variable: { name: 'AvailabilityState' },
  }));
  await service.send({ protocol: 'ocpp2.0.1', station: 'events' }, 'NotifyEvent', { generatedAt: AT, seqNo: 0, eventData });
  expect(await service.directory.find(ref('events'))).toMatchObject({ reportsNotKept: 200 - MAX_CONNECTORS });
});
