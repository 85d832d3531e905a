import type { StationRef } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_PROBLEMS } from './store/typeorm-connector-problems';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const ref = (station: string): StationRef => ({ tenant: 'default', station });
const began = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(began + minutes * 60_000).toISOString();

interface Event {
  component?: string;
  evse?: { id: number; connectorId?: number };
  variable?: string;
  value?: string;
  cleared?: boolean;
  techCode?: string;
  techInfo?: string;
  minute: number;
}

function event({
  component = 'Connector',
  evse = { id: 1, connectorId: 1 },
  variable = 'Problem',
  value = 'true',
  minute,
  ...rest
}: Event) {
  const fixed = { eventId: 1, trigger: 'Alerting', eventNotificationType: 'HardWiredNotification' };
  return {
    ...fixed,
    component: { name: component, evse },
    variable: { name: variable },
    actualValue: value,
    timestamp: at(minute),
    ...rest,
  };
}

async function notify(station: string, events: Event[], epoch = 1): Promise<void> {
  if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
  const payload = { generatedAt: at(0), seqNo: 0, eventData: events.map(event) };
  await service.send({ protocol: 'ocpp2.1', station, epoch }, 'NotifyEvent', payload);
}

async function shown(station: string) {
  return ((await service.directory.find(ref(station)))?.connectors ?? []).map(({ evse, connector, status, errorCode }) => [
    ...[evse, connector, status, errorCode],
  ]);
}

describe('a fault that is reported by NotifyEvent alone (OCPP 2.1)', () => {
  it('shows on its connector, with its code, until it is over', async () => {
    await notify('alone', [{ variable: 'AvailabilityState', value: 'Available', minute: 0 }]);
    await notify('alone', [{ minute: 1, techCode: 'E42', techInfo: 'contactor welded' }]);
    expect(await shown('alone')).toEqual([[1, 1, 'Faulted', 'E42']]);
    const [connector] = (await service.directory.find(ref('alone')))?.connectors ?? [];
    expect(connector).toMatchObject({
      changedAt: at(1),
      problems: [{ component: 'Connector', code: 'E42', info: 'contactor welded', since: at(1) }],
    });
    await notify('alone', [{ value: 'false', minute: 2 }]);
    expect(await shown('alone')).toEqual([[1, 1, 'Available', null]]);
  });

  it('is over by a cleared event (N08), whatever value it carries', async () => {
    await notify('cleared', [{ minute: 0 }]);
    expect(await shown('cleared')).toEqual([[1, 1, 'Faulted', 'Connector']]);
    await notify('cleared', [{ cleared: true, minute: 1 }]);
    expect(await shown('cleared')).toEqual([]);
  });

  it('of an EVSE shows on each of its connectors, of the station on the station', async () => {
    const available = { variable: 'AvailabilityState', value: 'Available', minute: 0 };
    await notify('wide', [available, { ...available, evse: { id: 1, connectorId: 2 } }, { ...available, evse: { id: 2, connectorId: 1 } }]);
    await notify('wide', [{ component: 'EVSE', evse: { id: 1 }, minute: 1 }]);
    const payload = { eventData: [{ ...event({ minute: 1 }), component: { name: 'ChargingStation' } }], generatedAt: at(1), seqNo: 1 };
    await service.send({ protocol: 'ocpp2.0.1', station: 'wide' }, 'NotifyEvent', payload);
    expect(await shown('wide')).toEqual([
      [0, 0, 'Faulted', 'ChargingStation'],
      [1, 1, 'Faulted', 'EVSE'],
      [1, 2, 'Faulted', 'EVSE'],
      [2, 1, 'Available', null],
    ]);
  });
});

describe('a problem of a component', () => {
  it('G05: of a part of the connector is shown beside a status that is reported later', async () => {
    await notify('lock', [{ component: 'ConnectorPlugRetentionLock', minute: 0 }]);
    await notify('lock', [{ variable: 'AvailabilityState', value: 'Occupied', minute: 1 }]);
    expect(await shown('lock')).toEqual([[1, 1, 'Occupied', 'ConnectorPlugRetentionLock']]);
  });

  it('is not brought back by an older report, nor by one of an older connection', async () => {
    await notify('late', [{ value: 'false', minute: 2 }], 2);
    await notify('late', [{ minute: 1 }], 2);
    await notify('late', [{ minute: 5 }], 1);
    expect(await shown('late')).toEqual([]);
  });

  it('has a place that a station can have', async () => {
    await notify('nowhere', [
      { evse: { id: 2 ** 31 }, minute: 0 },
      { evse: { id: -1 }, minute: 0 },
      { evse: { id: 1, connectorId: 1e308 }, minute: 0 },
    ]);
    expect(await shown('nowhere')).toEqual([]);
  });

  it(`is kept of ${MAX_PROBLEMS} components of a station; their later reports are still kept`, async () => {
    await notify(
      'many',
      Array.from({ length: MAX_PROBLEMS + 50 }, (_, index) => ({ component: `C${index}`, minute: 0 })),
    );
    await notify('many', [{ component: 'one-more', minute: 1 }]);
    await notify('many', [{ component: 'C0', value: 'false', minute: 1 }]);
    const rows = (await service.database.query(
      `SELECT count(*)::int AS kept, count(*) FILTER (WHERE active)::int AS active FROM device_config.connector_problems WHERE station = 'many'`,
    )) as unknown;
    expect(rows).toEqual([{ kept: MAX_PROBLEMS, active: MAX_PROBLEMS - 1 }]);
  });
});

it('a problem of a connector is stored and shown without the secret in the vendor’s description', async () => {
  const station = 'secret-problem';
  await service.stations.put({ tenant: 'default', station }, {});
  const eventData = [
    {
      ...{ eventId: 1, timestamp: at(0), trigger: 'Alerting', actualValue: 'true', eventNotificationType: 'HardWiredNotification' },
      ...{ component: { name: 'Connector', evse: { id: 1, connectorId: 1 } }, variable: { name: 'Problem' } },
      ...{ techCode: 'E1', techInfo: 'no answer of https://u:S3cretOfAStation42@h/' },
    },
  ];
  await service.sendMany([
    { station: { protocol: 'ocpp2.1', station }, action: 'NotifyEvent', payload: { generatedAt: at(0), seqNo: 0, eventData } },
  ]);
  const rows: { row: string }[] = await service.database.query(
    `SELECT p::text AS row FROM device_config.connector_problems p WHERE station = $1`,
    [station],
  );
  expect(rows).toEqual([{ row: expect.stringContaining('https://[redacted]@h/') }]);
});
