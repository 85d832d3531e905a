import { checkRequest } from '@voltbus/ocpp';
import { startService, type ServiceFixture, type SentBy } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const receivedAt = new Date('2026-05-01T12:00:00.000Z');

/** As it comes from a station: read as the lane reads it. */
async function receive(station: SentBy & { station: string }, action: string, payload: object) {
  await service.stations.put({ tenant: 'default', station: station.station }, {});
  const checked = checkRequest(station.protocol, action, payload, 'inbound');
  if (!checked.ok) throw checked.error;
  return (await service.send({ receivedAt, ...station }, action, checked.payload as object)).payload;
}

async function connectorsOf(station: string) {
  return service.database.query(
    'SELECT evse::integer, connector::integer, status, error_code, changed_at FROM device_config.connectors WHERE station = $1',
    [station],
  );
}

async function keptOf(station: string) {
  return service.database.query('SELECT action, payload FROM device_config.messages WHERE station = $1', [station]);
}

describe('a status of 1.6', () => {
  const STATUS = { connectorId: 1, status: 'Charging', errorCode: 'NoError' };

  it.each(['', ' ', 1777636800, '1777636800', '0000-00-00T00:00:00Z', 'noon', {}, null])(
    'whose time is %j is kept, with that of its receipt',
    async (timestamp) => {
      const station = `time-${JSON.stringify(timestamp).replace(/\W/g, '')}-${String(timestamp).length}`;
      expect(await receive({ protocol: 'ocpp1.6', station }, 'StatusNotification', { ...STATUS, timestamp })).toEqual({});
      const kept = { evse: 1, connector: 1, status: 'Charging', error_code: 'NoError', changed_at: receivedAt };
      expect(await connectorsOf(station)).toEqual([kept]);
    },
  );

  it('without an error code is kept', async () => {
    await receive({ protocol: 'ocpp1.6', station: 'no-error-code' }, 'StatusNotification', { connectorId: 1, status: 'Charging' });
    expect(await connectorsOf('no-error-code')).toMatchObject([{ status: 'Charging', error_code: null }]);
  });

  it.each([
    ['of no connector', { status: 'Charging', errorCode: 'NoError' }],
    ['of a connector that can be none', { ...STATUS, connectorId: 2 ** 31 }],
    ['of a negative one', { ...STATUS, connectorId: -1 }],
    ['without a status', { connectorId: 1, errorCode: 'GroundFailure' }],
  ])('%s changes no connector, and is stored as received', async (name, payload) => {
    const station = `unread-${name.length}`;
    expect(await receive({ protocol: 'ocpp1.6', station }, 'StatusNotification', payload)).toEqual({});
    expect(await connectorsOf(station)).toEqual([]);
    expect(await keptOf(station)).toMatchObject([{ action: 'StatusNotification' }]);
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a status of %s', (protocol) => {
  const STATUS = { evseId: 1, connectorId: 2, connectorStatus: 'Occupied', timestamp: '2026-05-01T11:00:00Z' };

  it.each([undefined, '', 1777636800, '0000-00-00T00:00:00Z'])('whose time is %j is kept, with that of its receipt', async (timestamp) => {
    const station = `${protocol}-time-${String(timestamp).length}`;
    await receive({ protocol, station }, 'StatusNotification', { ...STATUS, timestamp });
    expect(await connectorsOf(station)).toMatchObject([{ evse: 1, connector: 2, status: 'Occupied', changed_at: receivedAt }]);
  });

  it.each(['evseId', 'connectorId', 'connectorStatus'])('without %s changes no connector, and is stored as received', async (name) => {
    const station = `${protocol}-${name}`;
    await receive({ protocol, station }, 'StatusNotification', { ...STATUS, [name]: undefined });
    expect(await connectorsOf(station)).toEqual([]);
    expect(await keptOf(station)).toHaveLength(1);
  });

  it('in an event of an EVSE that can be none changes no connector', async () => {
    const component = { name: 'Connector', evse: { id: 2 ** 31, connectorId: 1 } };
    const event = { ...{ eventId: 1, trigger: 'Delta', eventNotificationType: 'HardWiredNotification' }, actualValue: 'Occupied' };
    const eventData = [{ ...event, timestamp: '', component, variable: { name: 'AvailabilityState' } }];
    const station = `${protocol}-event`;
    await receive({ protocol, station }, 'NotifyEvent', { generatedAt: '2026-05-01T11:00:00Z', seqNo: 0, eventData });
    expect(await connectorsOf(station)).toEqual([]);
    expect(await keptOf(station)).toHaveLength(1);
  });
});
