import { MeteredSessions, read2, register16, values, type Meter } from './testing/metered-sessions';

const sessions = new MeteredSessions();
const { account, readings, told16, told2 } = sessions;

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
    expect(await readings()).toMatchObject([{ powerW: 3000, currents: [6, 6, null] }]);
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
