import type { StationRef } from '@voltbus/contracts';
import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { REPORT_TIMEOUT_MS, reportState } from './domain/report';
import { MAX_VARIABLES } from './limits';
import type { StoredReport } from './store/typeorm-reports';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

interface Row {
  name: string;
  attributes: Record<string, { value: string | null; mutability: string | null }>;
  secret: boolean;
}
interface Item {
  component: object;
  variable: object;
  variableAttribute: object[];
  variableCharacteristics?: object;
}

const PASSWORD = 'S3cretOfAStation42';
const at = (second: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, second));
const ref = (station: string): StationRef => ({ tenant: 'default', station });
const item = (component: string, name: string, value: unknown, more: object = {}): Item => ({
  component: { name: component },
  variable: { name },
  variableAttribute: [{ value, mutability: 'ReadWrite', ...more }],
});

async function known(station: string): Promise<void> {
  await service.stations.put(ref(station), {});
}

interface Sent {
  requestId?: number;
  seqNo: number;
  second?: number;
  tbc?: boolean;
  generatedAt?: string;
  items?: unknown[];
}
async function send(station: string, parts: readonly Sent[]): Promise<void> {
  for (const { requestId = 7, seqNo, second = 0, tbc = false, generatedAt = at(second).toISOString(), items = [] } of parts) {
    const payload = { requestId, seqNo, tbc, generatedAt, reportData: items };
    await service.send({ protocol: 'ocpp2.0.1', station, receivedAt: at(second) }, 'NotifyReport', payload);
  }
}

/** The router tells how the request for the report ended. */
function answered(station: string, reportBase: string, requestId = 7, status = 'Accepted'): Promise<void> {
  const command = { ...ref(station), action: 'GetBaseReport', payload: { requestId, reportBase }, response: { status } };
  return service.deviceModel.results.onEnded(endedCommand({ ...command, createdAt: at(0).toISOString() }));
}

async function variables(station: string): Promise<Row[]> {
  const rows: Row[] = await service.database.query(
    `SELECT coalesce(component || '.', '') || variable AS name, attributes, secret FROM device_config.variables WHERE station = $1 ORDER BY 1`,
    [station],
  );
  return rows;
}
const names = async (station: string) => (await variables(station)).map(({ name }) => name);
const values = async (station: string) => (await variables(station)).map(({ name, attributes }) => [name, attributes['Actual']?.value]);

async function reports(station: string): Promise<StoredReport[]> {
  const list = service.deviceModel.lists.reports(ref(station));
  return (await list.read({ filters: {}, sort: { by: 'begunAt', descending: false }, limit: 100, after: null })).items;
}
const states = async (station: string, now = at(30)) => (await reports(station)).map((report) => reportState(report, now));

describe('a report in parts', () => {
  it.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]], [[0, 2, 1, 1, 0]]])(
    'B07.FR.12 is complete when the parts %j are there',
    async (order) => {
      const station = `order-${order.join('')}`;
      await known(station);
      for (const [index, seqNo] of order.entries()) {
        const part = { seqNo, tbc: seqNo < 2, items: [item('EVSE', `V${seqNo}`, String(seqNo))] };
        const whole = new Set(order.slice(0, index)).size === 3;
        if (!whole) expect((await states(station)).filter((state) => state === 'complete')).toEqual([]);
        await send(station, [part]);
      }
      expect(await states(station)).toEqual(['complete']);
      expect(await values(station)).toEqual([
        ['EVSE.V0', '0'],
        ['EVSE.V1', '1'],
        ['EVSE.V2', '2'],
      ]);
    },
  );

  it('shows its gaps, and is incomplete when nothing came for ten minutes', async () => {
    await known('gaps');
    await send('gaps', [
      { seqNo: 1, tbc: true },
      { seqNo: 4, tbc: false, second: 3 },
    ]);
    const [report] = await reports('gaps');
    expect(report).toMatchObject({ received: [[1, 1], [4, 4]], lastPart: 4, completedAt: null }); // prettier-ignore
    expect(await states('gaps')).toEqual(['receiving']);
    expect(await states('gaps', new Date(at(3).getTime() + REPORT_TIMEOUT_MS + 1))).toEqual(['incomplete']);
  });

  it('is another one when its number is used again', async () => {
    await known('again');
    await send('again', [{ requestId: 0, seqNo: 0, items: [item('A', 'B', '1')] }]);
    await send('again', [{ requestId: 0, seqNo: 0, second: 5, items: [item('A', 'B', '2')] }]);
    expect(await states('again')).toEqual(['complete', 'complete']);
    expect(await values('again')).toEqual([['A.B', '2']]);
  });

  it('that was answered with EmptyResultSet or a refusal has no parts', async () => {
    await known('refused');
    await answered('refused', 'SummaryInventory', 1, 'EmptyResultSet');
    await answered('refused', 'FullInventory', 2, 'NotSupported');
    expect((await states('refused')).sort()).toEqual(['empty', 'refused']);
  });
});

describe('a complete report', () => {
  const first = { seqNo: 0, items: [item('A', 'Old', '1'), item('A', 'Kept', '1')] };
  const second = { seqNo: 0, second: 60, requestId: 8, items: [item('A', 'Kept', '2')] };

  it.each([
    ['before', ['A.Kept']],
    ['after', ['A.Kept']],
  ])('B07 of everything removes what it does not name; its request is answered %s its parts', async (when, left) => {
    const station = `full-${when}`;
    await known(station);
    await send(station, [first]);
    if (when === 'before') await answered(station, 'FullInventory', 8);
    await send(station, [second]);
    if (when === 'after') await answered(station, 'FullInventory', 8);
    expect(await names(station)).toEqual(left);
  });

  it.each([['SummaryInventory'], ['ConfigurationInventory']])('of a part (%s) removes nothing', async (base) => {
    await known(base);
    await send(base, [first]);
    await answered(base, base, 8);
    await send(base, [second]);
    expect(await names(base)).toEqual(['A.Kept', 'A.Old']);
  });

  it('with a gap removes nothing', async () => {
    await known('full-gap');
    await send('full-gap', [first]);
    await answered('full-gap', 'FullInventory', 8);
    await send('full-gap', [{ ...second, seqNo: 1 }]);
    expect(await names('full-gap')).toEqual(['A.Kept', 'A.Old']);
  });
});

describe('what is kept', () => {
  it('B07 has every attribute and characteristic, of a variable named without regard to case', async () => {
    await known('whole');
    const full = {
      component: { name: 'EVSE', instance: 'left', evse: { id: 1, connectorId: 2 } },
      variable: { name: 'Power', instance: 'A' },
      variableAttribute: [
        { value: '11', mutability: 'ReadOnly', persistent: false, constant: false },
        { type: 'MaxSet', value: '22', mutability: 'ReadOnly', persistent: true, constant: true },
      ],
      variableCharacteristics: {
        dataType: 'decimal',
        unit: 'W',
        minLimit: 0,
        maxLimit: 22_000.5,
        valuesList: 'a,b',
        supportsMonitoring: true,
      },
    };
    await send('whole', [{ seqNo: 0, items: [full] }]);
    await send('whole', [{ seqNo: 1, second: 1, items: [{ ...full, component: { ...full.component, name: 'evse' } }] }]);
    const rows: unknown[] = await service.database.query(
      `SELECT component, component_instance, evse, connector, variable, variable_instance, attributes, characteristics FROM device_config.variables WHERE station = 'whole'`,
    );
    const told = (value: string, persistent: boolean) => ({
      value,
      mutability: 'ReadOnly',
      persistent,
      constant: persistent,
      at: at(1).getTime(),
    });
    expect(rows).toEqual([
      {
        ...{ component: 'EVSE', component_instance: 'left', evse: 1, connector: 2, variable: 'Power', variable_instance: 'A' },
        attributes: { Actual: told('11', false), MaxSet: told('22', true) },
        characteristics: full.variableCharacteristics,
      },
    ]);
  });

  it('never is a secret: by name, by mutability, within a URL, nor in the history', async () => {
    await known('secrets');
    const told = (value: string) => [
      item('SecurityCtrlr', 'BasicAuthPassword', value),
      item('Vendor', 'Harmless', value, { mutability: 'WriteOnly' }),
      item('Vendor', 'UploadUrl', `ftp://cs:${value}@files.example/`),
    ];
    await send('secrets', [{ seqNo: 0, items: told(PASSWORD) }]);
    await send('secrets', [{ seqNo: 1, second: 1, items: told(`${PASSWORD}-2`) }]);
    const stored = JSON.stringify([
      await service.database.query('SELECT v FROM device_config.variables v WHERE station = $1', ['secrets']),
      await service.database.query('SELECT c FROM device_config.variable_changes c WHERE station = $1', ['secrets']),
    ]);
    expect(stored).toContain('files.example');
    expect(stored).not.toContain(PASSWORD);
    expect((await variables('secrets')).map(({ secret }) => secret)).toEqual([true, true, false]);
  });

  it('B07.FR.15 a value of before is removed, with its history, when the variable turns out to be write-only', async () => {
    await known('late-secret');
    await send('late-secret', [{ seqNo: 0, items: [item('Vendor', 'Code', 'first')] }]);
    await send('late-secret', [{ seqNo: 2, items: [item('Vendor', 'Code', PASSWORD)] }]);
    const history = () =>
      service.database.query(`SELECT after FROM device_config.variable_changes WHERE station = 'late-secret'`) as Promise<unknown[]>;
    expect(await history()).toEqual([{ after: PASSWORD }]);
    expect(await values('late-secret')).toEqual([['Vendor.Code', PASSWORD]]);
    await send('late-secret', [{ seqNo: 1, second: 1, items: [item('Vendor', 'Code', null, { mutability: 'WriteOnly' })] }]);
    expect(await values('late-secret')).toEqual([['Vendor.Code', null]]);
    expect(await history()).toEqual([]);
  });

  it('has texts as they can be stored, whatever arrives', async () => {
    await known('hostile');
    const long = 'x'.repeat(3_000);
    await send('hostile', [
      {
        seqNo: 0,
        items: [
          item('A', 'Nul', 'a\0b'),
          item('A', 'Half', 'a\ud800'),
          item('A', 'Long', long),
          item('A', 'Number', 42),
          item('A\0', 'Renamed', '1'),
          item(long, 'TooLong', '1'),
          item('', 'Nameless', '1'),
          {
            ...item('A', 'Type', '1'),
            variableAttribute: [
              { type: 'Guess', value: '9' },
              { type: 'Target', value: '2' },
            ],
          },
          { ...item('A', 'Place', '1'), component: { name: 'A', evse: { id: 2 ** 40 } } },
          { ...item('A', 'Limit', '1'), variableCharacteristics: { dataType: 7, maxLimit: Infinity, supportsMonitoring: 'yes' } },
        ],
      },
    ]);
    expect(await values('hostile')).toEqual([
      ['A.Half', 'a\ufffd'],
      ['A.Limit', '1'],
      ['A.Long', long.slice(0, 2_500)],
      ['A.Nul', 'a\ufffdb'],
      ['A.Number', '42'],
      ['A.Type', undefined],
      ['A\ufffd.Renamed', '1'],
    ]);
    expect(await reports('hostile')).toMatchObject([{ notKept: 3, completedAt: expect.any(Date) as Date }]);
  });

  it(`is 3,000 variables at once, and at most ${MAX_VARIABLES} of a station`, async () => {
    await known('large');
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, nth) => item(`Component${from + nth}`, 'Variable', 'v'.repeat(60)));
    const message = (seqNo: number, tbc: boolean, items: Item[]) => ({
      station: { protocol: 'ocpp2.0.1' as const, station: 'large', receivedAt: at(0) },
      action: 'NotifyReport',
      payload: { requestId: 7, seqNo, tbc, generatedAt: at(0).toISOString(), reportData: items },
    });
    const whole = message(0, true, many(0, 3_000));
    expect(JSON.stringify(whole.payload).length).toBeGreaterThan(435_000);
    await service.sendMany([whole, message(1, true, many(3_000, 3_500)), message(2, false, many(6_500, 3_500))]);
    expect(await names('large')).toHaveLength(MAX_VARIABLES);
    expect(await reports('large')).toMatchObject([{ variables: 10_000, notKept: 10_000 - MAX_VARIABLES, completedAt: at(0) }]);
    await send('large', [{ requestId: 9, seqNo: 0, second: 1, items: [item('Component1', 'Variable', 'new')] }]);
    expect(await values('large')).toContainEqual(['Component1.Variable', 'new']);
  });

  it('is nothing of a station that is unknown, or was deleted meanwhile', async () => {
    await send('never', [{ seqNo: 0, items: [item('A', 'B', '1')] }]);
    await known('deleted');
    await send('deleted', [{ seqNo: 0, tbc: true, items: [item('A', 'B', '1')] }]);
    await service.stations.forget(ref('deleted'));
    await send('deleted', [{ seqNo: 1, items: [item('A', 'C', '1')] }]);
    await answered('deleted', 'FullInventory');
    expect(await names('deleted')).toEqual([]);
    expect(await reports('deleted')).toEqual([]);
  });
});

describe('what answers and events show', () => {
  const ended = (station: string, action: string, payload: Record<string, unknown>, response: unknown, second = 10) =>
    service.deviceModel.results.onEnded(
      endedCommand({ ...ref(station), action, payload, response, createdAt: at(second).toISOString(), endedAt: at(second).toISOString() }),
    );
  const one = { component: { name: 'A' }, variable: { name: 'B' } };
  const other = { component: { name: 'A' }, variable: { name: 'C' } };

  it('B06 values that were read, and nothing of those that were not', async () => {
    await known('read');
    const result = {
      getVariableResult: [
        { ...one, attributeStatus: 'Accepted', attributeValue: '5' },
        { ...other, attributeStatus: 'UnknownVariable' },
      ],
    };
    await ended('read', 'GetVariables', {}, result);
    expect(await values('read')).toEqual([['A.B', '5']]);
  });

  it('B05 values that the station took on, matched by names: fewer, others and in another order', async () => {
    await known('set');
    const third = { component: { name: 'A' }, variable: { name: 'D' } };
    const payload = { setVariableData: [one, other, third].map((names, nth) => ({ ...names, attributeValue: String(nth) })) };
    const setVariableResult = [
      { component: { name: 'X' }, variable: { name: 'Y' }, attributeStatus: 'Accepted' },
      { ...third, attributeStatus: 'Rejected' },
      { component: { name: 'a' }, variable: { name: 'b' }, attributeStatus: 'Accepted' },
    ];
    await ended('set', 'SetVariables', payload, { setVariableResult });
    expect(await values('set')).toEqual([['A.B', '0']]);
  });

  it('a value that needs a reboot stays the old one until the station shows another after its boot', async () => {
    await known('reboot');
    await send('reboot', [{ seqNo: 0, items: [item('A', 'B', 'old')] }]);
    const payload = { setVariableData: [{ ...one, attributeValue: 'new' }] };
    await ended('reboot', 'SetVariables', payload, { setVariableResult: [{ ...one, attributeStatus: 'RebootRequired' }] });
    await ended('reboot', 'GetVariables', {}, { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'old' }] }, 11);
    expect(await variables('reboot')).toMatchObject([{ attributes: { Actual: { value: 'old', pending: { value: 'new' } } } }]);
    await service.send({ protocol: 'ocpp2.0.1', station: 'reboot', receivedAt: at(20) }, 'BootNotification', {
      chargingStation: { model: 'M', vendorName: 'V' },
    });
    await ended('reboot', 'GetVariables', {}, { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'new' }] }, 30);
    expect(await variables('reboot')).toEqual([
      {
        name: 'A.B',
        secret: false,
        attributes: { Actual: expect.not.objectContaining({ pending: expect.anything() as object }) as object },
      },
    ]);
    expect(await values('reboot')).toEqual([['A.B', 'new']]);
  });

  it('a value that needs a reboot is known also where the old one was read later, and stored before', async () => {
    await known('overtaken');
    const accepted = { ...one, attributeStatus: 'Accepted', attributeValue: 'old' };
    await ended('overtaken', 'GetVariables', {}, { getVariableResult: [accepted] }, 11);
    const payload = { setVariableData: [{ ...one, attributeValue: 'new' }] };
    await ended('overtaken', 'SetVariables', payload, { setVariableResult: [{ ...one, attributeStatus: 'RebootRequired' }] }, 10);
    expect(await variables('overtaken')).toMatchObject([{ attributes: { Actual: { value: 'old', pending: { value: 'new' } } } }]);
  });

  it('1.6 section 5.8: keys, those unknown, and all of them', async () => {
    await known('keys');
    const key = (name: string, value: unknown, readonly: unknown = false) => ({ key: name, value, readonly });
    await ended(
      'keys',
      'GetConfiguration',
      {},
      { configurationKey: [key('HeartbeatInterval', '300'), key('Vendor.Led', 'on', true), key('Gone', '1')] },
    );
    expect(await values('keys')).toEqual([
      ['Gone', '1'],
      ['OCPPCommCtrlr.HeartbeatInterval', '300'],
      ['Vendor.Led', 'on'],
    ]);
    expect((await variables('keys')).map(({ attributes }) => attributes['Actual']?.mutability)).toEqual([
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
    expect(await values('keys')).toEqual([
      ['OCPPCommCtrlr.HeartbeatInterval', '60'],
      ['Vendor.Led', 'on'],
    ]);
    await ended('keys', 'GetConfiguration', {}, { configurationKey: [key('HeartbeatInterval', '60')] }, 12);
    expect(await names('keys')).toEqual(['OCPPCommCtrlr.HeartbeatInterval']);
    expect(await states('keys')).toEqual(['complete', 'complete']);
  });

  it('1.6 section 5.3: a key that was changed, and one that was not', async () => {
    await known('changed');
    await ended('changed', 'ChangeConfiguration', { key: 'A', value: '1' }, { status: 'Accepted' });
    await ended('changed', 'ChangeConfiguration', { key: 'B', value: '1' }, { status: 'Rejected' });
    await ended('changed', 'ChangeConfiguration', { key: 'C', value: '1' }, { status: 'RebootRequired' });
    expect(await values('changed')).toEqual([
      ['A', '1'],
      ['C', null],
    ]);
  });

  it('N07 values of events, and no older value over a newer one', async () => {
    await known('events');
    await ended(
      'events',
      'GetVariables',
      {},
      { getVariableResult: [{ ...one, attributeStatus: 'Accepted', attributeValue: 'newer' }] },
      20,
    );
    const event = { eventId: 1, timestamp: at(1), trigger: 'Delta', eventNotificationType: 'HardWiredNotification' };
    const eventData = [
      { ...event, ...one, actualValue: 'older' },
      { ...event, ...other, actualValue: '7' },
    ];
    await service.send({ protocol: 'ocpp2.1', station: 'events', receivedAt: at(15) }, 'NotifyEvent', {
      generatedAt: at(1),
      seqNo: 0,
      eventData,
    });
    expect(await values('events')).toEqual([
      ['A.B', 'newer'],
      ['A.C', '7'],
    ]);
  });
});
