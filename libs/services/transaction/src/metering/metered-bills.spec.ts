import type { EndedTransaction, Protocol, Tariff } from '@voltbus/contracts';
import { price } from '@voltbus/pricing';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';
import { MOST_STATES_A_DAY, TypeormConnectorStates } from './store/typeorm-connector-states';

const FIRST_PAGE = { filters: {}, sort: { by: 'at', descending: false }, limit: 10, after: null } as const;

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());
beforeEach(() => stations++);

const BEGIN = Date.now() - 20 * 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
const TARIFF: Tariff = {
  ...{ tariff: 'day', currency: 'EUR', perKwh: '0.50', perMinute: '0.10', perIdleMinute: '0.20', idleGraceMinutes: 10 },
  ...{ fixed: '0', taxPercent: '0' },
};
const cost = ({ energyWh, periods }: EndedTransaction) => price({ energyWh: energyWh ?? 0, periods }, TARIFF).cost;
let stations = 0;
const who = (protocol: Protocol): SendingStation => ({ protocol, station: `CS-${stations}` });
const account = () => {
  const last = service.publishedEnds(`CS-${stations}`).at(-1);
  if (last === undefined) throw new Error('no end was published');
  return last;
};
const seconds = (kind: string) => account().periods.reduce((sum, one) => sum + (one.kind === kind ? one.seconds : 0), 0);

interface Meter {
  timestamp: string;
  sampledValue: object[];
}
const values = (minutes: number, ...sampledValue: object[]): Meter => ({ timestamp: at(minutes), sampledValue });

/** A session of 1.6: its start and stop, and the messages between. */
async function told16(startWh: number, read: readonly Meter[][], stopWh: number, minutes: number): Promise<void> {
  const start = { connectorId: 1, idTag: 'TAG', meterStart: startWh, timestamp: at(0) };
  const { transactionId } = await service.receive(who('ocpp1.6'), 'StartTransaction', start);
  for (const meterValue of read) await service.receive(who('ocpp1.6'), 'MeterValues', { connectorId: 1, transactionId, meterValue });
  await service.receive(who('ocpp1.6'), 'StopTransaction', { transactionId, meterStop: stopWh, timestamp: at(minutes), reason: 'Local' });
}
const register16 = (points: readonly (readonly [number, number | string])[], more: object = {}) =>
  points.map(([minutes, wh]) => [values(minutes, { value: String(wh), ...more })]);

/** A session of 2.0.1 with the readings of each minute. */
async function told2(events: readonly { at: number; values?: Meter[]; state?: string; seqNo?: number }[]): Promise<void> {
  for (const [nth, { at: minutes, values: meterValue, state, seqNo = nth }] of events.entries())
    await service.receive(who('ocpp2.0.1'), 'TransactionEvent', {
      eventType: nth === 0 ? 'Started' : nth === events.length - 1 ? 'Ended' : 'Updated',
      ...{ seqNo, timestamp: at(minutes), triggerReason: 'MeterValuePeriodic' },
      transactionInfo: { transactionId: 'T', ...(state === undefined ? {} : { chargingState: state }) },
      ...(meterValue === undefined ? {} : { meterValue }),
      ...(nth === 0 ? { evse: { id: 1, connectorId: 1 } } : {}),
    });
}
const read2 = (minutes: number, value: number, more: object = {}) => [values(minutes, { value, ...more })];

describe('registers of single phases', () => {
  const phases = (minutes: number, rise: number, more: object = {}) =>
    ['L1', 'L2', 'L3'].map((phase, nth) => values(minutes, { value: (nth + 1) * 100_000 + rise, phase, ...more }));

  it('are put together before they are added up, each in an element of its own', async () => {
    await told2([
      { at: 0, values: phases(0, 0) },
      { at: 30, values: phases(30, 3000) },
    ]);
    expect(account()).toMatchObject({ energyWh: 9000, flags: [], meterStartWh: 600_000, meterStopWh: 609_000 });
  });

  it('also where they come in events of their own, in any order', async () => {
    const [l1, l2, l3] = phases(0, 0);
    const [e1, e2, e3] = phases(30, 3000);
    const one = (meter?: Meter) => (meter === undefined ? [] : [meter]);
    await told2([
      { at: 0, values: one(l1) },
      { at: 0, values: one(l3) },
      { at: 30, values: one(e2), seqNo: 4 },
      { at: 0, values: one(l2), seqNo: 2 },
      { at: 30, values: one(e1), seqNo: 3 },
      { at: 30, values: one(e3) },
    ]);
    expect(account()).toMatchObject({ energyWh: 9000, flags: [] });
  });

  it('give way to a total that stands beside them, in whatever message', async () => {
    const beside = [...phases(30, 3000), values(30, { value: 609_100 })];
    await told2([
      { at: 0, values: [...phases(0, 0), values(0, { value: 600_000 })] },
      { at: 30, values: beside },
    ]);
    expect(account()).toMatchObject({ energyWh: 9100 });
  });

  it('1.6: powers and currents too, and in messages of their own', async () => {
    const power = (phase: string) => [values(10, { value: '1', unit: 'kW', measurand: 'Power.Active.Import', phase })];
    const current = (phase: string) => [values(10, { value: '6', measurand: 'Current.Import', phase })];
    await told16(0, [power('L1-N'), power('L2-N'), power('L3-N'), current('L2'), current('L1'), power('L2-N')], 5000, 60);
    const [{ id } = { id: '' }] = await service.transactionsOf(`CS-${stations}`);
    const scope = await service.views.readingScope('default', id);
    if (scope === null) throw new Error('no scope');
    const read = (await service.readingStore.list(scope).read(FIRST_PAGE)).items;
    expect(read).toMatchObject([{ powerW: 3000, currents: [6, 6, null] }]);
  });
});

describe('registers that cannot be', () => {
  it('a placeholder of 0 is no beginning', async () => {
    const points = [0, 909_948, 909_990, 910_031].map((wh, nth) => ({ at: nth, values: read2(nth, wh) }));
    await told2(points);
    expect(account()).toMatchObject({ energyWh: 83, flags: ['energy-doubtful', 'register-jump', 'start-register-doubtful'] });
  });

  it('a step that is possible in its time, and faster than anything else, is flagged', async () => {
    const points = [0, 105_000, 105_700, 106_400].map((wh, nth) => ({ at: nth * 10, values: read2(nth * 10, wh) }));
    await told2(points);
    expect(account()).toMatchObject({ energyWh: 106_400, flags: ['start-register-doubtful'] });
  });

  it('1.6: a start of 0, and a first reading of 105000', async () => {
    await told16(
      0,
      register16([
        [1, 105_000],
        [10, 106_000],
      ]),
      107_000,
      20,
    );
    expect(account()).toMatchObject({ energyWh: 2000, flags: ['register-jump', 'start-register-doubtful'] });
  });

  it('a single reading that is out of line changes nothing but a flag', async () => {
    await told16(
      1000,
      register16([
        [10, 2000],
        [20, 99_999_999],
        [30, 4000],
      ]),
      5000,
      40,
    );
    expect(account()).toMatchObject({ energyWh: 4000, flags: ['register-jump'] });
  });

  it('energy beyond physics is not billed, and flagged', async () => {
    await told16(0, [], 1e12, 5 / 60);
    expect(account()).toMatchObject({ energyWh: 0, flags: ['energy-implausible', 'register-jump', 'start-register-doubtful'] });
  });
});

describe('locations', () => {
  it.each(['Body', 'Cable', 'EV', 'Inlet', 'Upstream'])('all values of the %s, none of the outlet', async (location) => {
    await told2([0, 30, 60].map((minute) => ({ at: minute, values: read2(minute, 2_331_000 + minute * 500, { location }) })));
    expect(account()).toMatchObject({ energyWh: 30_000, flags: [] });
  });

  it('are never mixed in one path', async () => {
    const both = (minute: number) => [values(minute, { value: 1_000 + minute * 100 }, { value: 500_000 + minute * 110, location: 'Body' })];
    const body = (minute: number) => read2(minute, 500_000 + minute * 110, { location: 'Body' });
    await told2([
      { at: 0, values: both(0) },
      { at: 10, values: body(10) },
      { at: 20, values: body(20) },
      { at: 30, values: both(30) },
    ]);
    expect(account()).toMatchObject({ energyWh: 3000, flags: [] });
  });

  it('the one that covers the session is taken', async () => {
    const body = (minute: number) => read2(minute, 500_000 + minute * 100, { location: 'Body' });
    await told2([
      { at: 0, values: body(0) },
      { at: 20, values: [...body(20), ...read2(20, 77)] },
      { at: 30, values: body(30) },
    ]);
    expect(account()).toMatchObject({ energyWh: 3000, flags: [] });
  });
});

describe('signed data', () => {
  it('1.6 keeps the signed and the raw value of one measurand and context', async () => {
    const more = { context: 'Transaction.End', measurand: 'Energy.Active.Import.Register' };
    const raw = { value: '6000', format: 'Raw', ...more };
    const signed = (value: string) => ({ value, format: 'SignedData', ...more });
    await told16(1000, [[values(30, raw, signed('OCMF|a'), signed('0123'))], [values(30, signed('OCMF|a'))]], 6000, 30);
    expect(account()).toMatchObject({ energyWh: 5000, flags: [], signedData: ['0123', 'OCMF|a'] });
    const [{ id } = { id: '' }] = await service.transactionsOf(`CS-${stations}`);
    const scope = await service.views.readingScope('default', id);
    if (scope === null) throw new Error('no scope');
    expect((await service.readingStore.list(scope).read(FIRST_PAGE)).items).toMatchObject([{ energyWh: 6000 }]);
  });

  it('2.x keeps the value and every signed one beside it', async () => {
    const signed = (data: string) => ({ signedMeterData: data, encodingMethod: 'OCMF', signingMethod: '', publicKey: '' });
    const begin = [values(0, { value: 1000, signedMeterValue: signed('B1') }, { value: 1000, signedMeterValue: signed('B2') })];
    await told2([
      { at: 0, values: begin },
      { at: 30, values: read2(30, 5000, { signedMeterValue: signed('E') }) },
    ]);
    expect(account()).toMatchObject({ energyWh: 4000, signedData: ['B1', 'B2', 'E'] });
  });
});

describe('a register that is coarse', () => {
  const every20s = (more: (minutes: number) => object[]) =>
    Array.from({ length: 86 }, (_, nth) => (nth + 1) / 3).map((minutes) => [
      values(minutes, { value: String(100 * Math.floor((3400 * minutes) / 6000)) }, ...more(minutes)),
    ]);

  it.each([
    ['with the power beside it', () => [{ value: '3400', unit: 'W', measurand: 'Power.Active.Import' }]],
    ['with the current beside it', () => [{ value: '14.8', unit: 'A', measurand: 'Current.Import' }]],
    ['alone', () => []],
  ])('does not idle between its steps: %s', async (_how, more) => {
    await told16(0, every20s(more), 1600, 29);
    expect(account()).toMatchObject({ energyWh: 1600, flags: [] });
    expect([seconds('charging'), seconds('idle')]).toEqual([1740, 0]);
    expect(cost(account())).toMatchObject({ idle: '0.00', time: '2.90' });
  });

  it('idles where it stands still for long', async () => {
    const read = Array.from({ length: 180 }, (_, nth) => [nth + 1, 100 * Math.floor(Math.min(nth + 1, 60) * 1.1)] as const);
    await told16(0, register16(read), 6600, 180);
    expect(Math.abs(seconds('idle') - 7200)).toBeLessThanOrEqual(60);
  });
});

describe('a register that loses its count', () => {
  it.each([
    [
      'once',
      [
        [10, 3000],
        [20, 6000],
        [30, 0],
        [40, 1500],
      ],
      3000,
      8000,
    ],
    [
      'twice',
      [
        [10, 6000],
        [20, 0],
        [30, 2000],
        [40, 0],
      ],
      500,
      7500,
    ],
    [
      'and goes on from another value',
      [
        [10, 6000],
        [20, 500],
      ],
      3500,
      8000,
    ],
    [
      'and gets further than before',
      [
        [10, 2000],
        [20, 0],
        [30, 1500],
      ],
      3000,
      4000,
    ],
  ] as const)('%s: what was counted before and after is added up', async (_how, points, stop, energyWh) => {
    await told16(1000, register16(points), stop, 60);
    expect(account()).toMatchObject({ energyWh, flags: ['register-reset'] });
  });

  it('2.x', async () => {
    await told2([1000, 6000, 0, 3000].map((wh, nth) => ({ at: nth * 20, values: read2(nth * 20, wh) })));
    expect(account()).toMatchObject({ energyWh: 8000, flags: ['register-reset'] });
  });

  it.each([
    [
      'a start that is rounded otherwise',
      8584,
      [
        [1, 8580],
        [10, 8700],
      ],
      8800,
      216,
    ],
    [
      'a start that is finer than the readings',
      8584,
      [
        [1, 8500],
        [10, 8700],
      ],
      8800,
      216,
    ],
    [
      'a register that trembles',
      1000,
      [
        [5, 1500],
        [6, 1497],
        [10, 2000],
        [11, 1999],
      ],
      2500,
      1500,
    ],
  ] as const)('%s has not', async (_how, start, points, stop, energyWh) => {
    await told16(start, register16(points), stop, 20);
    expect(account()).toMatchObject({ energyWh, flags: [] });
  });
});

describe('a clock that is set back in mid session', () => {
  /** The minute that the station's clock shows: it is set back after the first hour. */
  const shown = (minute: number, by: number) => (minute > 60 ? minute - by : minute);
  const minutes = Array.from({ length: 25 }, (_, nth) => nth * 5);

  it.each([10, 15, 25, 40])('by %s minutes makes no register fall: 2.x', async (by) => {
    await told2(minutes.map((minute) => ({ at: shown(minute, by), values: read2(shown(minute, by), 7000 + minute * 100) })));
    expect(account()).toMatchObject({ energyWh: 12_000, flags: ['clock-set-back'] });
  });

  it.each([8.01, 15.01, 25.01, 40.01])('by %s minutes makes no register fall: 1.6', async (by) => {
    const read = minutes.slice(1, -1).map((minute) => [shown(minute, by), 7000 + minute * 100] as const);
    await told16(7000, register16(read), 19_000, 120 - by);
    expect(account()).toMatchObject({ energyWh: 12_000, flags: ['clock-set-back'] });
  });

  it('is distinguished from a register that restarts, however often', async () => {
    const read = minutes.slice(1, -1).map((minute) => [minute, (minute % 40) * 100] as const);
    await told16(0, register16(read), 4000, 120);
    expect(account()).toMatchObject({ flags: ['register-reset'] });
    expect(account().energyWh).toBeGreaterThanOrEqual(3500 * 2 + 3500);
  });
});

describe('times that lack', () => {
  it('do not show how long it charged when all messages came from one queue', async () => {
    const { transactionId } = await service.receiveRaw(who('ocpp1.6'), 'StartTransaction', {
      connectorId: 1,
      idTag: 'TAG',
      meterStart: 1000,
    });
    await service.receiveRaw(who('ocpp1.6'), 'StopTransaction', { transactionId, meterStop: 41_000 });
    expect(account()).toMatchObject({ energyWh: 40_000, flags: ['missing-members'] });
  });
});

describe('registers of two kinds', () => {
  it('those of the session in the readings, those of the lifetime at start and stop', async () => {
    await told16(
      100_000,
      register16([
        [0, 0],
        [10, 2000],
        [20, 4000],
      ]),
      105_000,
      25,
    );
    expect(account()).toMatchObject({ energyWh: 5000, flags: ['mixed-registers'] });
  });

  it('those of the lifetime in the readings, those of the session at start and stop', async () => {
    const read = [0, 20, 40, 60].map((minute) => [minute, 105_000 + minute * 100] as const);
    await told16(0, register16(read), 6000, 60);
    expect(account()).toMatchObject({ energyWh: 6000, flags: ['mixed-registers'] });
  });

  it('that tell of different energies are doubtful', async () => {
    const read = [0, 20, 40, 60].map((minute) => [minute, 105_000 + minute * 400] as const);
    await told16(0, register16(read), 6000, 60);
    expect(account()).toMatchObject({ energyWh: 6000, flags: ['energy-doubtful', 'mixed-registers'] });
  });

  it('read in turn', async () => {
    const read = [0, 10, 20, 30].flatMap((minute) => [
      [minute, 100_000 + minute * 100] as const,
      [minute + 5, 500 + minute * 100] as const,
    ]);
    await told2(read.map(([minute, wh]) => ({ at: minute, values: read2(minute, wh) })));
    expect(account()).toMatchObject({ energyWh: 3000, flags: ['mixed-registers'] });
  });
});

describe('energy of intervals only', () => {
  it('is added up, and flagged', async () => {
    const interval = (minute: number) => read2(minute, 900, { measurand: 'Energy.Active.Import.Interval' });
    await told2([{ at: 0 }, { at: 15, values: interval(15) }, { at: 30, values: interval(30) }, { at: 30, values: interval(30) }]);
    expect(account()).toMatchObject({ energyWh: 1800, flags: ['interval-energy'] });
  });
});

describe('readings of one instant', () => {
  it.each([[[0, 1, 2]], [[2, 0, 1]]])('are ordered by the sequence number, received as %j', async (order) => {
    const wh = [1500, 2000, 3250];
    await service.receive(who('ocpp2.0.1'), 'TransactionEvent', {
      ...{ eventType: 'Started', seqNo: 0, timestamp: at(0), triggerReason: 'CablePluggedIn', evse: { id: 1 } },
      transactionInfo: { transactionId: 'T' },
      meterValue: read2(5, wh[0] ?? 0),
    });
    for (const seqNo of order.filter((one) => one > 0))
      await service.receive(who('ocpp2.0.1'), 'TransactionEvent', {
        ...{ eventType: seqNo === 2 ? 'Ended' : 'Updated', seqNo, timestamp: at(seqNo * 5), triggerReason: 'Trigger' },
        transactionInfo: { transactionId: 'T' },
        meterValue: read2(5, wh[seqNo] ?? 0),
      });
    expect(account()).toMatchObject({ energyWh: 1750 });
  });
});

describe('rounding, ends and thresholds', () => {
  it('rounds the difference, not the ends', async () => {
    await told2([
      { at: 0, values: read2(0, 1000.4) },
      { at: 30, values: read2(30, 2000.6) },
    ]);
    expect(account().energyWh).toBe(1000);
  });

  it('an end below the beginning, or before it, is flagged', async () => {
    await told16(5000, [], 4000, 30);
    expect(account()).toMatchObject({ energyWh: 0, flags: ['register-reset', 'stop-before-start'] });
    stations++;
    await told16(5000, [], 6000, -30);
    expect(account().flags).toContain('stop-before-start');
  });

  it('2.x without a reading at the beginning or the end is flagged', async () => {
    await told2([{ at: 0 }, { at: 10, values: read2(10, 1000) }, { at: 20, values: read2(20, 3000) }, { at: 30 }]);
    expect(account()).toMatchObject({ energyWh: 2000, flags: ['no-end-reading', 'no-start-reading'] });
  });

  it('40 W for 6 hours is charging', async () => {
    await told16(
      0,
      register16(Array.from({ length: 71 }, (_, nth) => [(nth + 1) * 5, Math.floor(((nth + 1) * 40) / 12)] as const)),
      240,
      360,
    );
    expect(cost(account())).toMatchObject({ idle: '0.00', time: '36.00' });
    stations++;
    await told16(0, [], 240, 360);
    expect(cost(account())).toMatchObject({ idle: '0.00', time: '36.00' });
  });
});

describe('the charging state and the meter', () => {
  it('505 times a minute of charging and 20 seconds of none are counted before they are put together', async () => {
    const turns = Array.from({ length: 505 }, (_, nth) => [
      { at: (nth * 80) / 60, state: 'Charging' },
      { at: (nth * 80 + 60) / 60, state: 'SuspendedEV' },
    ]).flat();
    const [first, ...rest] = turns;
    await told2([{ at: 0, ...first, values: read2(0, 0) }, ...rest, { at: (505 * 80) / 60, values: read2((505 * 80) / 60, 5000) }]);
    expect(account().periods.length).toBeLessThanOrEqual(1000);
    expect([seconds('charging'), seconds('idle')]).toEqual([30_300, 10_100]);
    expect(cost(account())).toMatchObject({ time: '50.50', idle: '31.67' });
  });

  it('EVConnected gives way to 11 kW', async () => {
    const read = Array.from({ length: 24 }, (_, nth) => ({ at: nth * 5, values: read2(nth * 5, Math.round((nth * 11_000) / 12)) }));
    const [first, ...rest] = read;
    await told2([{ at: 0, ...first, state: 'EVConnected' }, ...rest, { at: 120, values: read2(120, 22_000) }]);
    expect(account()).toMatchObject({ energyWh: 22_000, flags: ['state-contradicted'] });
    expect(cost(account())).toMatchObject({ idle: '0.00', time: '12.00' });
  });

  it('Charging gives way to hours without power', async () => {
    const power = { value: 0, measurand: 'Power.Active.Import' };
    const read = Array.from({ length: 23 }, (_, nth) => ({
      at: (nth + 1) * 10,
      values: [values((nth + 1) * 10, { value: Math.min(nth + 1, 6) * 1000 }, nth < 5 ? { ...power, value: 6000 } : power)],
    }));
    await told2([{ at: 0, state: 'Charging', values: read2(0, 0) }, ...read, { at: 240, values: read2(240, 6000) }]);
    expect(account().flags).toEqual(['state-contradicted']);
    expect([seconds('charging'), seconds('idle')]).toEqual([3600, 10_800]);
  });
});

describe('1.6: the state of the connector, by StatusNotification alone', () => {
  const status = (minutes: number, word: string, more: object = {}) =>
    service.connectorObserver.observe([
      // what is read of a message
      {
        ref: { tenant: 'default', station: `CS-${stations}` },
        ...{ protocol: 'ocpp1.6', action: 'StatusNotification', receivedAt: new Date() },
        payload: { connectorId: 1, errorCode: 'NoError', status: word, timestamp: at(minutes), ...more },
      } as unknown as Parameters<typeof service.connectorObserver.observe>[0][number],
    ]);

  it('SuspendedEV is idle, also when it is reported after the end', async () => {
    await status(1, 'Charging');
    await status(31, 'SuspendedEV');
    await told16(0, [], 10_000, 60);
    expect([seconds('charging'), seconds('idle')]).toEqual([31 * 60, 29 * 60]);
    await status(51, 'Charging');
    expect(account().revision).toBe(2);
    expect([seconds('charging'), seconds('idle')]).toEqual([40 * 60, 20 * 60]);
    expect(account().flags).toEqual([]);
  });

  it('counts when it is received while the session is being ended', async () => {
    let received: Promise<void> | undefined;
    const { ofSession, around } = TypeormConnectorStates.prototype;
    const found = new Promise<void>((resolve) => {
      jest.spyOn(TypeormConnectorStates.prototype, 'around').mockImplementationOnce(async function (this: TypeormConnectorStates, ...of) {
        return around.apply(this, of).finally(resolve);
      });
    });
    jest.spyOn(TypeormConnectorStates.prototype, 'ofSession').mockImplementationOnce(async function (this: TypeormConnectorStates, ...of) {
      const known = await ofSession.apply(this, of);
      received = status(30, 'SuspendedEV');
      await found;
      return known;
    });
    await told16(0, [], 10_000, 60);
    await received;
    expect([seconds('charging'), seconds('idle')]).toEqual([1800, 1800]);
  });

  it('counts before registers that are read now and then', async () => {
    await status(0, 'Charging');
    await status(20, 'SuspendedEVSE');
    await status(40, 'Charging');
    await told16(0, register16([[30, 5000]]), 10_000, 60);
    expect([seconds('charging'), seconds('idle')]).toEqual([2400, 1200]);
  });

  it('of another connector, of the whole station, out of bounds or without meaning is ignored', async () => {
    for (const connectorId of [0, 2, -1, 256, 2 ** 40]) await status(5, 'SuspendedEV', { connectorId });
    await status(5, 'Preparing');
    await status(5, 'Available');
    await status(-30, 'SuspendedEV');
    await told16(0, [], 10_000, 60);
    expect([seconds('charging'), seconds('idle')]).toEqual([3600, 0]);
  });

  it('gives way where all the energy would have come in no time', async () => {
    await status(0, 'SuspendedEV');
    await told16(0, [], 10_000, 60);
    expect(account().flags).toEqual(['state-contradicted']);
    expect(seconds('charging')).toBe(3600);
  });

  it('is kept so often a day at most', async () => {
    const states = Array.from({ length: MOST_STATES_A_DAY + 50 }, (_, nth) => nth * 1000).map((ms) => ({
      ...{ tenant: 'default', station: `CS-${stations}`, evse: 1, status: 'Charging' },
      at: BEGIN + ms,
      receivedAt: new Date(BEGIN),
    }));
    for (let from = 0; from < states.length; from += 1000) await service.connectorStates.write(states.slice(from, from + 1000));
    await service.connectorStates.write(states.slice(-1));
    const [{ count } = { count: 0 }]: { count: number }[] = await service.database.query(
      `SELECT count(*)::integer AS count FROM transactions.connector_states WHERE station = $1`,
      [`CS-${stations}`],
    );
    expect(count).toBeLessThanOrEqual(MOST_STATES_A_DAY + 1000);
  });
});
