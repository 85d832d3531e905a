import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { REPORT_TIMEOUT_MS } from './domain/report';
import { MAX_VARIABLES } from './limits';
import { ReportingStations, at, item, ref, type Item } from './testing/reporting-stations';

let service: ServiceFixture;
let stations: ReportingStations;
beforeAll(async () => {
  service = await startService();
  stations = new ReportingStations(service);
});
afterAll(() => service?.close());

const PASSWORD = 'S3cretOfAStation42';

/** The router tells how the request for the report ended. */
function answered(station: string, reportBase: string, requestId = 7, status = 'Accepted'): Promise<void> {
  const command = { ...ref(station), action: 'GetBaseReport', payload: { requestId, reportBase }, response: { status } };
  return service.deviceModel.results.onEnded(endedCommand({ ...command, createdAt: at(0).toISOString() }));
}

describe('a report in parts', () => {
  it.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]], [[0, 2, 1, 1, 0]]])(
    'B07.FR.12 is complete when the parts %j are there',
    async (order) => {
      const station = `order-${order.join('')}`;
      await stations.known(station);
      for (const [index, seqNo] of order.entries()) {
        const part = { seqNo, tbc: seqNo < 2, items: [item('EVSE', `V${seqNo}`, String(seqNo))] };
        const whole = new Set(order.slice(0, index)).size === 3;
        if (!whole) expect((await stations.states(station)).filter((state) => state === 'complete')).toEqual([]);
        await stations.send(station, [part]);
      }
      expect(await stations.states(station)).toEqual(['complete']);
      expect(await stations.values(station)).toEqual([
        ['EVSE.V0', '0'],
        ['EVSE.V1', '1'],
        ['EVSE.V2', '2'],
      ]);
    },
  );

  it('shows its gaps, and is incomplete when nothing came for ten minutes', async () => {
    await stations.known('gaps');
    await stations.send('gaps', [
      { seqNo: 1, tbc: true },
      { seqNo: 4, tbc: false, second: 3 },
    ]);
    const [report] = await stations.reports('gaps');
    expect(report).toMatchObject({ received: [[1, 1], [4, 4]], lastPart: 4, completedAt: null }); // prettier-ignore
    expect(await stations.states('gaps')).toEqual(['receiving']);
    expect(await stations.states('gaps', new Date(at(3).getTime() + REPORT_TIMEOUT_MS + 1))).toEqual(['incomplete']);
  });

  it('is another one when its number is used again', async () => {
    await stations.known('again');
    await stations.send('again', [{ requestId: 0, seqNo: 0, items: [item('A', 'B', '1')] }]);
    await stations.send('again', [{ requestId: 0, seqNo: 0, second: 5, items: [item('A', 'B', '2')] }]);
    expect(await stations.states('again')).toEqual(['complete', 'complete']);
    expect(await stations.values('again')).toEqual([['A.B', '2']]);
  });

  it('that was answered with EmptyResultSet or a refusal has no parts', async () => {
    await stations.known('refused');
    await answered('refused', 'SummaryInventory', 1, 'EmptyResultSet');
    await answered('refused', 'FullInventory', 2, 'NotSupported');
    expect((await stations.states('refused')).sort()).toEqual(['empty', 'refused']);
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
    await stations.known(station);
    await stations.send(station, [first]);
    if (when === 'before') await answered(station, 'FullInventory', 8);
    await stations.send(station, [second]);
    if (when === 'after') await answered(station, 'FullInventory', 8);
    expect(await stations.names(station)).toEqual(left);
  });

  it.each([['SummaryInventory'], ['ConfigurationInventory']])('of a part (%s) removes nothing', async (base) => {
    await stations.known(base);
    await stations.send(base, [first]);
    await answered(base, base, 8);
    await stations.send(base, [second]);
    expect(await stations.names(base)).toEqual(['A.Kept', 'A.Old']);
  });

  it('with a gap removes nothing', async () => {
    await stations.known('full-gap');
    await stations.send('full-gap', [first]);
    await answered('full-gap', 'FullInventory', 8);
    await stations.send('full-gap', [{ ...second, seqNo: 1 }]);
    expect(await stations.names('full-gap')).toEqual(['A.Kept', 'A.Old']);
  });
});

describe('what is kept', () => {
  it('B07 has every attribute and characteristic, of a variable named without regard to case', async () => {
    await stations.known('whole');
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
    await stations.send('whole', [{ seqNo: 0, items: [full] }]);
    await stations.send('whole', [{ seqNo: 1, second: 1, items: [{ ...full, component: { ...full.component, name: 'evse' } }] }]);
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
    await stations.known('secrets');
    const told = (value: string) => [
      item('SecurityCtrlr', 'BasicAuthPassword', value),
      item('Vendor', 'Harmless', value, { mutability: 'WriteOnly' }),
      item('Vendor', 'UploadUrl', `ftp://cs:${value}@files.example/`),
    ];
    await stations.send('secrets', [{ seqNo: 0, items: told(PASSWORD) }]);
    await stations.send('secrets', [{ seqNo: 1, second: 1, items: told(`${PASSWORD}-2`) }]);
    const stored = JSON.stringify([
      await service.database.query('SELECT v FROM device_config.variables v WHERE station = $1', ['secrets']),
      await service.database.query('SELECT c FROM device_config.variable_changes c WHERE station = $1', ['secrets']),
    ]);
    expect(stored).toContain('files.example');
    expect(stored).not.toContain(PASSWORD);
    expect((await stations.variables('secrets')).map(({ secret }) => secret)).toEqual([true, true, false]);
  });

  it('B07.FR.15 a value of before is removed, with its history, when the variable turns out to be write-only', async () => {
    await stations.known('late-secret');
    await stations.send('late-secret', [{ seqNo: 0, items: [item('Vendor', 'Code', 'first')] }]);
    await stations.send('late-secret', [{ seqNo: 2, items: [item('Vendor', 'Code', PASSWORD)] }]);
    const history = () =>
      service.database.query(`SELECT after FROM device_config.variable_changes WHERE station = 'late-secret'`) as Promise<unknown[]>;
    expect(await history()).toEqual([{ after: PASSWORD }]);
    expect(await stations.values('late-secret')).toEqual([['Vendor.Code', PASSWORD]]);
    await stations.send('late-secret', [{ seqNo: 1, second: 1, items: [item('Vendor', 'Code', null, { mutability: 'WriteOnly' })] }]);
    expect(await stations.values('late-secret')).toEqual([['Vendor.Code', null]]);
    expect(await history()).toEqual([]);
  });

  it('has texts as they can be stored, whatever arrives', async () => {
    await stations.known('hostile');
    const long = 'x'.repeat(3_000);
    await stations.send('hostile', [
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
    expect(await stations.values('hostile')).toEqual([
      ['A.Half', 'a\ufffd'],
      ['A.Limit', '1'],
      ['A.Long', long.slice(0, 2_500)],
      ['A.Nul', 'a\ufffdb'],
      ['A.Number', '42'],
      ['A.Type', undefined],
      ['A\ufffd.Renamed', '1'],
    ]);
    expect(await stations.reports('hostile')).toMatchObject([{ notKept: 3, completedAt: expect.any(Date) as Date }]);
  });

  it(`is 3,000 variables at once, and at most ${MAX_VARIABLES} of a station`, async () => {
    await stations.known('large');
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
    expect(await stations.names('large')).toHaveLength(MAX_VARIABLES);
    expect(await stations.reports('large')).toMatchObject([{ variables: 10_000, notKept: 10_000 - MAX_VARIABLES, completedAt: at(0) }]);
    await stations.send('large', [{ requestId: 9, seqNo: 0, second: 1, items: [item('Component1', 'Variable', 'new')] }]);
    expect(await stations.values('large')).toContainEqual(['Component1.Variable', 'new']);
  });

  it('is nothing of a station that is unknown, or was deleted meanwhile', async () => {
    await stations.send('never', [{ seqNo: 0, items: [item('A', 'B', '1')] }]);
    await stations.known('deleted');
    await stations.send('deleted', [{ seqNo: 0, tbc: true, items: [item('A', 'B', '1')] }]);
    await service.stations.forget(ref('deleted'));
    await stations.send('deleted', [{ seqNo: 1, items: [item('A', 'C', '1')] }]);
    await answered('deleted', 'FullInventory');
    expect(await stations.names('deleted')).toEqual([]);
    expect(await stations.reports('deleted')).toEqual([]);
  });
});
