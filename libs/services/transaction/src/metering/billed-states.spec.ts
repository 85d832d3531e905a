import { MOST_STATES_A_DAY, TypeormConnectorStates } from './store/typeorm-connector-states';
import { MeteredSessions, at, costOf, momentOf, read2, register16, values } from './testing/metered-sessions';

const sessions = new MeteredSessions();
const { account, seconds, told16, told2 } = sessions;

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
    expect(costOf(account())).toMatchObject({ idle: '0.00', time: '2.90' });
  });

  it('idles where it stands still for long', async () => {
    const read = Array.from({ length: 180 }, (_, nth) => [nth + 1, 100 * Math.floor(Math.min(nth + 1, 60) * 1.1)] as const);
    await told16(0, register16(read), 6600, 180);
    expect(Math.abs(seconds('idle') - 7200)).toBeLessThanOrEqual(60);
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
    expect(costOf(account())).toMatchObject({ time: '50.50', idle: '31.67' });
  });

  it('EVConnected gives way to 11 kW', async () => {
    const read = Array.from({ length: 24 }, (_, nth) => ({ at: nth * 5, values: read2(nth * 5, Math.round((nth * 11_000) / 12)) }));
    const [first, ...rest] = read;
    await told2([{ at: 0, ...first, state: 'EVConnected' }, ...rest, { at: 120, values: read2(120, 22_000) }]);
    expect(account()).toMatchObject({ energyWh: 22_000, flags: ['state-contradicted'] });
    expect(costOf(account())).toMatchObject({ idle: '0.00', time: '12.00' });
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
    sessions.service.connectorObserver.observe([
      // what is read of a message
      {
        ref: { tenant: 'default', station: sessions.station },
        ...{ protocol: 'ocpp1.6', action: 'StatusNotification', receivedAt: new Date() },
        payload: { connectorId: 1, errorCode: 'NoError', status: word, timestamp: at(minutes), ...more },
      } as unknown as Parameters<typeof sessions.service.connectorObserver.observe>[0][number],
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
      ...{ tenant: 'default', station: sessions.station, evse: 1, status: 'Charging' },
      at: momentOf(0) + ms,
      receivedAt: new Date(momentOf(0)),
    }));
    for (let from = 0; from < states.length; from += 1000) await sessions.service.connectorStates.write(states.slice(from, from + 1000));
    await sessions.service.connectorStates.write(states.slice(-1));
    const [{ count } = { count: 0 }]: { count: number }[] = await sessions.service.database.query(
      `SELECT count(*)::integer AS count FROM transactions.connector_states WHERE station = $1`,
      [sessions.station],
    );
    expect(count).toBeLessThanOrEqual(MOST_STATES_A_DAY + 1000);
  });
});
