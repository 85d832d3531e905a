import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { ReportingStations, at, item, ref } from './testing/reporting-stations';

let service: ServiceFixture;
let stations: ReportingStations;
beforeAll(async () => {
  service = await startService();
  stations = new ReportingStations(service);
});
afterAll(() => service?.close());

describe('what answers and events show', () => {
  const ended = (station: string, action: string, payload: Record<string, unknown>, response: unknown, second = 10) =>
    service.deviceModel.results.onEnded(
      endedCommand({ ...ref(station), action, payload, response, createdAt: at(second).toISOString(), endedAt: at(second).toISOString() }),
    );
  const one = { component: { name: 'A' }, variable: { name: 'B' } };
  const other = { component: { name: 'A' }, variable: { name: 'C' } };

  it('B06 values that were read, and nothing of those that were not', async () => {
    await stations.known('read');
    const result = {
      getVariableResult: [
        { ...one, attributeStatus: 'Accepted', attributeValue: '5' },
        { ...other, attributeStatus: 'UnknownVariable' },
      ],
    };
    await ended('read', 'GetVariables', {}, result);
    expect(await stations.values('read')).toEqual([['A.B', '5']]);
  });

  it('B05 values that the station took on, matched by names: fewer, others and in another order', async () => {
    await stations.known('set');
    const third = { component: { name: 'A' }, variable: { name: 'D' } };
    const payload = { setVariableData: [one, other, third].map((names, nth) => ({ ...names, attributeValue: String(nth) })) };
    const setVariableResult = [
      { component: { name: 'X' }, variable: { name: 'Y' }, attributeStatus: 'Accepted' },
      { ...third, attributeStatus: 'Rejected' },
      { component: { name: 'a' }, variable: { name: 'b' }, attributeStatus: 'Accepted' },
    ];
    await ended('set', 'SetVariables', payload, { setVariableResult });
    expect(await stations.values('set')).toEqual([['A.B', '0']]);
  });

  it('a value that needs a reboot stays the old one until the station shows another after its boot', async () => {
    await stations.known('reboot');
    await stations.send('reboot', [{ seqNo: 0, items: [item('A', 'B', 'old')] }]);
    const payload = { setVariableData: [{ ...one, attributeValue: 'new' }] };
    await ended('reboot', 'SetVariables', payload, { setVariableResult: [{ ...one, attributeStatus: 'RebootRequired' }] });
    await ended('reboot', 'GetVariables', {}, { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'old' }] }, 11);
    expect(await stations.variables('reboot')).toMatchObject([{ attributes: { Actual: { value: 'old', pending: { value: 'new' } } } }]);
    await service.send({ protocol: 'ocpp2.0.1', station: 'reboot', receivedAt: at(20) }, 'BootNotification', {
      chargingStation: { model: 'M', vendorName: 'V' },
    });
    await ended('reboot', 'GetVariables', {}, { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'new' }] }, 30);
    expect(await stations.variables('reboot')).toEqual([
      {
        name: 'A.B',
        secret: false,
        attributes: { Actual: expect.not.objectContaining({ pending: expect.anything() as object }) as object },
      },
    ]);
    expect(await stations.values('reboot')).toEqual([['A.B', 'new']]);
  });

  it('a value that needs a reboot is known also where the old one was read later, and stored before', async () => {
    await stations.known('overtaken');
    const accepted = { ...one, attributeStatus: 'Accepted', attributeValue: 'old' };
    await ended('overtaken', 'GetVariables', {}, { getVariableResult: [accepted] }, 11);
    const payload = { setVariableData: [{ ...one, attributeValue: 'new' }] };
    await ended('overtaken', 'SetVariables', payload, { setVariableResult: [{ ...one, attributeStatus: 'RebootRequired' }] }, 10);
    expect(await stations.variables('overtaken')).toMatchObject([{ attributes: { Actual: { value: 'old', pending: { value: 'new' } } } }]);
  });

  it('1.6 section 5.8: keys, those unknown, and all of them', async () => {
    await stations.known('keys');
    const key = (name: string, value: unknown, readonly: unknown = false) => ({ key: name, value, readonly });
    await ended(
      'keys',
      'GetConfiguration',
      {},
      { configurationKey: [key('HeartbeatInterval', '300'), key('Vendor.Led', 'on', true), key('Gone', '1')] },
    );
    expect(await stations.values('keys')).toEqual([
      ['Gone', '1'],
      ['OCPPCommCtrlr.HeartbeatInterval', '300'],
      ['Vendor.Led', 'on'],
    ]);
    expect((await stations.variables('keys')).map(({ attributes }) => attributes['Actual']?.mutability)).toEqual([
      'ReadWrite',
      'ReadWrite',
      'ReadOnly',
    ]);
    await ended(
      'keys',
      'GetConfiguration',
      { key: ['Gone', 'HeartbeatInterval'] },
      { unknownKey: ['Gone'], configurationKey: [key('HeartbeatInterval', 60)] },
      11,
    );
    expect(await stations.values('keys')).toEqual([
      ['OCPPCommCtrlr.HeartbeatInterval', '60'],
      ['Vendor.Led', 'on'],
    ]);
    await ended('keys', 'GetConfiguration', {}, { configurationKey: [key('HeartbeatInterval', '60')] }, 12);
    expect(await stations.names('keys')).toEqual(['OCPPCommCtrlr.HeartbeatInterval']);
    expect(await stations.states('keys')).toEqual(['complete', 'complete']);
  });

  it('1.6 section 5.3: a key that was changed, and one that was not', async () => {
    await stations.known('changed');
    await ended('changed', 'ChangeConfiguration', { key: 'A', value: '1' }, { status: 'Accepted' });
    await ended('changed', 'ChangeConfiguration', { key: 'B', value: '1' }, { status: 'Rejected' });
    await ended('changed', 'ChangeConfiguration', { key: 'C', value: '1' }, { status: 'RebootRequired' });
    expect(await stations.values('changed')).toEqual([
      ['A', '1'],
      ['C', null],
    ]);
  });

  it('N07 values of events, and no older value over a newer one', async () => {
    await stations.known('events');
    await ended(
      'events',
      'GetVariables',
      {},
      { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'newer' }] },
      20,
    );
    const event = { eventId: 1, timestamp: at(1).toISOString(), trigger: 'Delta', eventNotificationType: 'HardWiredNotification' };
    const eventData = [
      { ...event, ...one, actualValue: 'older' },
      { ...event, ...other, actualValue: '7' },
    ];
    await service.send({ protocol: 'ocpp2.1', station: 'events', receivedAt: at(15) }, 'NotifyEvent', {
      generatedAt: at(1),
      seqNo: 0,
      eventData,
    });
    expect(await stations.values('events')).toEqual([
      ['A.B', 'newer'],
      ['A.C', '7'],
    ]);
  });
});
