import { COMMANDS, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { HEARTBEAT_SECONDS, startService, type SentBy, type ServiceFixture } from '../testing/start-service';
import { TENANT } from '../testing/tenant';
import { TestGateway } from '../testing/test-gateway';
import { PENDING_SECONDS, REJECTED_SECONDS } from './domain/boot-answer';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const SECRET = 'S3cretOfAStation42';
const ref = (station: string, tenant = 'default'): StationRef => ({ tenant, station });
const boot16 = { chargePointVendor: 'Vendor', chargePointModel: 'Model', chargePointSerialNumber: 'S1', firmwareVersion: '1.2' };
const boot2 = { chargingStation: { vendorName: 'Vendor', model: 'Model', serialNumber: 'S1', firmwareVersion: '1.2' }, reason: 'PowerUp' };
const families: [Protocol, object][] = [
  ['ocpp1.6', boot16],
  ['ocpp2.0.1', boot2],
  ['ocpp2.1', boot2],
];

describe('BootNotification', () => {
  it.each(families)(
    'B01.FR.02 answers an accepted %s station with the time and its heartbeat interval, and stores what it is',
    async (protocol, payload) => {
      const of = ref(`boots-${protocol}`);
      await service.stations.put(of, {});
      const answer = await service.send({ protocol, station: of.station, epoch: 5 }, 'BootNotification', payload);
      expect(answer).toMatchObject({ registration: 'accepted', payload: { status: 'Accepted', interval: HEARTBEAT_SECONDS } });
      expect(answer.payload['currentTime']).toMatch(/^\d{4}-.*Z$/);
      expect(await service.connections.profile(of)).toMatchObject({ known: true, registration: 'accepted' });
      const known = { vendor: 'Vendor', model: 'Model', serialNumber: 'S1', firmwareVersion: '1.2', protocol };
      expect(await service.directory.find(of)).toMatchObject(known);
    },
  );

  it.each([
    ['B02.FR.07', 'pending', 'Pending', PENDING_SECONDS],
    ['B03.FR.06', 'rejected', 'Rejected', REJECTED_SECONDS],
  ] as const)('%s answers a %s station as it stands, with the time until its next boot', async (_, registration, status, interval) => {
    await service.stations.put(ref(`is-${registration}`), { registration });
    const answer = await service.send({ protocol: 'ocpp2.0.1', station: `is-${registration}` }, 'BootNotification', boot2);
    expect(answer).toMatchObject({ registration, payload: { status, interval } });
    expect(await service.connections.profile(ref(`is-${registration}`))).toMatchObject({ registration });
  });

  it('B02 F06 triggers the boot of a connected station that is accepted now, once, and of no other', async () => {
    const commands: CommandRequest[] = [];
    const following = await service.bus.follow({
      name: 'router',
      topic: COMMANDS,
      handle: ({ value }) => void commands.push(JSON.parse(value.toString()) as CommandRequest),
    });
    const gateway = await TestGateway.at(service, 3);
    for (const name of ['granted', 'away', 'never-booted', 'still']) {
      await service.stations.put(ref(name), { registration: 'pending' });
      if (name !== 'never-booted') await service.send({ protocol: 'ocpp2.0.1', station: name }, 'BootNotification', boot2);
      if (name !== 'away') await gateway.connect(ref(name), 'ocpp2.0.1');
      await service.stations.put(ref(name), { registration: name === 'still' ? 'rejected' : 'accepted' });
      await service.stations.put(ref(name), { name: 'changed' });
    }
    const trigger = { action: 'TriggerMessage', payload: { requestedMessage: 'BootNotification' } };
    expect(commands).toMatchObject([{ station: 'granted', ...trigger }]);
    await following.close();
    await gateway.close();
  });

  it('B01.FR.10 takes a station for unregistered until it has booted', async () => {
    await service.stations.put(ref('silent'), {});
    await service.profiles.refresh(ref('silent'));
    expect(await service.connections.profile(ref('silent'))).toMatchObject({ known: true, registration: 'unknown' });
  });

  it('rejects an unknown station, and registers it where its tenant registers unknown stations', async () => {
    const stranger = { protocol: 'ocpp1.6', station: 'stranger' } as const;
    expect(await service.send(stranger, 'BootNotification', boot16)).toMatchObject({ registration: 'rejected' });
    expect(await service.directory.find(ref('stranger'))).toBeNull();
    await service.tenants.put({ ...TENANT, tenant: 'open', unknownStations: 'register', minSecurityProfile: 0 }, new Date());
    expect(await service.send({ ...stranger, tenant: 'open' }, 'BootNotification', boot16)).toMatchObject({ registration: 'accepted' });
    expect(await service.directory.find(ref('stranger', 'open'))).toMatchObject({ vendor: 'Vendor', demandedProfile: 0 });
  });

  it('is fenced: the boot of an older connection changes nothing', async () => {
    await service.stations.put(ref('fenced'), {});
    await service.send({ protocol: 'ocpp1.6', station: 'fenced', epoch: 9 }, 'BootNotification', { ...boot16, firmwareVersion: 'new' });
    await service.send({ protocol: 'ocpp1.6', station: 'fenced', epoch: 8 }, 'BootNotification', { ...boot16, firmwareVersion: 'old' });
    expect(await service.directory.find(ref('fenced'))).toMatchObject({ firmwareVersion: 'new' });
  });
});

const receivedAt = new Date('2026-05-01T12:00:00.000Z');

/** As it comes from a station: read as the lane reads it. */
async function receive(station: SentBy & { station: string }, action: string, payload: object) {
  await service.stations.put({ tenant: 'default', station: station.station }, {});
  const checked = checkRequest(station.protocol, action, payload, 'inbound');
  if (!checked.ok) throw checked.error;
  return (await service.send({ receivedAt, ...station }, action, checked.payload as object)).payload;
}

describe('a station that leaves out what it is boots all the same: one that cannot boot cannot charge', () => {
  it.each([
    ['ocpp1.6', 'no vendor', { chargePointModel: 'M' }, { vendor: null, model: 'M' }],
    ['ocpp1.6', 'no model', { chargePointVendor: 'V' }, { vendor: 'V', model: null }],
    ['ocpp1.6', 'odd serial number', { chargePointVendor: 'V', chargePointModel: 'M', iccid: {} }, { vendor: 'V', model: 'M' }],
    ['ocpp2.0.1', 'no reason', { chargingStation: { vendorName: 'V', model: 'M' } }, { vendor: 'V', model: 'M' }],
    ['ocpp2.1', 'no station', { reason: 'PowerUp' }, { vendor: null, model: null }],
    ['ocpp2.1', 'no model', { reason: 'PowerUp', chargingStation: { vendorName: 'V' } }, { vendor: 'V', model: null }],
  ] as const)('%s with %s', async (protocol, name, payload, facts) => {
    const station = `boot-${protocol}-${name.replaceAll(' ', '-')}`;
    expect(await receive({ protocol, station }, 'BootNotification', payload)).toMatchObject({ status: 'Accepted' });
    const [row] = await service.database.query('SELECT vendor, model FROM device_config.stations WHERE station = $1', [station]);
    expect(row).toEqual(facts);
  });
});

it.each([
  [
    'ocpp1.6',
    'BootNotification',
    { chargePointVendor: 'v', chargePointModel: `m password=${SECRET}`, firmwareVersion: `ftp://u:${SECRET}@h/1.2` },
  ],
  [
    'ocpp2.0.1',
    'BootNotification',
    { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm', firmwareVersion: `ftp://u:${SECRET}@h/1.2` } },
  ],
] as const)(
  'the description that a station of %s gives of itself (%s) is stored and shown without the secret in it',
  async (protocol, action, payload) => {
    const station = `boot-${protocol}`;
    await service.stations.put({ tenant: 'default', station }, {});
    await service.send({ protocol, station }, action, payload);
    const kept = await service.directory.find({ tenant: 'default', station });
    expect(kept).toMatchObject({ vendor: 'v', firmwareVersion: 'ftp://[redacted]@h/1.2' });
    expect(JSON.stringify(kept)).not.toContain(SECRET);
  },
);
