import type { ForeignStation } from '@voltbus/testing';
import { Session, authorized, charging } from '../ocpp2/session';
import { TOKENS, type World } from '../world';

type Payload = Record<string, unknown>;

/** Transaction limits of both sides, and their effect. */
export function limits(world: () => World): void {
  const shownLimit = async (station: ForeignStation): Promise<{ limit: Payload | null; station: Payload | null }> => {
    const { id } = await world().transaction(station, {});
    return (await world().api.get<{ limit: Payload | null; station: Payload | null }>(`/v1/transactions/${id}/limit`)).body;
  };
  const plugged = async (station: ForeignStation): Promise<Session> => {
    const session = new Session(station);
    await session.sendEvent('Started', 'CablePluggedIn', { charging: 'EVConnected', evse: true, drawnWh: 0 });
    return session;
  };

  it('TC_E_102_CSMS tells of its limits only those that are lower than the station has set', async () => {
    const session = await plugged(await world().booted('ocpp2.1'));
    const answer = await session.isTold('Updated', 'Authorized', { token: TOKENS.LIMITED, limit: { maxEnergy: 4_000, maxTime: 7_200 } });
    expect(answer.transactionLimit).toEqual({ maxTime: 3_600 });
  });

  it.each([
    ['TC_E_106_CSMS', 'of energy', { maxEnergy: 2_000 }],
    ['TC_E_107_CSMS', 'of time', { maxTime: 600 }],
    ['TC_E_108_CSMS', 'of cost', { maxCost: 5 }],
  ])('%s keeps the limit that the station has set, %s, and the session that ends by it', async (_case, _title, limit) => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await session.sendEvent('Updated', 'LimitSet', { limit });
    expect(await shownLimit(station)).toEqual({ limit: null, station: limit });
    await session.sendEvent('Updated', 'LimitReached', { charging: 'SuspendedEVSE', drawnWh: 2_000, limit });
    await session.sendEvent('Ended', 'EVDeparted', { stopped: 'EVDisconnected', drawnWh: 2_000, limit });
    await world().transaction(station, { state: 'ended', energyWh: 2_000 });
  });

  it('TC_E_109_CSMS tells how much a session may cost, and what it costs', async () => {
    const session = await plugged(await world().booted('ocpp2.1'));
    expect(await session.isTold('Updated', 'Authorized', { token: TOKENS.DEAR })).toMatchObject({ transactionLimit: { maxCost: 20 } });
    const later = await session.isTold('Updated', 'MeterValuePeriodic', { drawnWh: 1_000 });
    expect(later.totalCost).toBeGreaterThan(0);
    expect(later.transactionLimit).toBeUndefined(); // once
  });

  it.each([
    ['TC_E_110_CSMS', 'how much energy', { maxEnergy: 5_000 }],
    ['TC_E_111_CSMS', 'how long', { maxTime: 3_600 }],
  ])('%s tells %s a session may take, and keeps what the station makes of it', async (_case, _title, expected) => {
    const station = await world().booted('ocpp2.1');
    const session = await plugged(station);
    const { transactionLimit } = await session.isTold('Updated', 'Authorized', { token: TOKENS.LIMITED });
    expect(transactionLimit).toMatchObject(expected);
    await session.sendEvent('Updated', 'LimitSet', transactionLimit === undefined ? {} : { limit: transactionLimit });
    expect(await shownLimit(station)).toEqual({ limit: { maxEnergyWh: 5_000, maxSeconds: 3_600 }, station: transactionLimit });
  });

  it('TC_E_113_CSMS goes on with a session that its station resumes', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await station.close();
    const back = await world().connect('ocpp2.1', station.options.station);
    await session.over(back).sendEvent('Updated', 'TxResumed', { charging: 'Charging', drawnWh: 500 });
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 900 });
    await world().transaction(back, { state: 'ended', energyWh: 900 });
  });

  it('TC_C_103_CSMS accepts a prepaid card, for no more than is paid, and lets nobody cache it', async () => {
    const station = await world().booted('ocpp2.1');
    expect(await authorized(station, TOKENS.PREPAID)).toEqual({ status: 'Accepted', cacheExpiryDateTime: expect.any(String) as string });
    const session = await plugged(station);
    expect(await session.isTold('Updated', 'Authorized', { token: TOKENS.PREPAID })).toMatchObject({ transactionLimit: { maxCost: 12.5 } });
  });

  it('TC_C_104_CSMS shows that nothing is left on a prepaid card, and that no cache may believe it', async () => {
    const station = await world().booted('ocpp2.1');
    const info = await station.call<{ idTokenInfo: { status: string; cacheExpiryDateTime: string } }>('Authorize', {
      idToken: { idToken: TOKENS.NO_CREDIT, type: 'ISO14443' },
    });
    expect(info.idTokenInfo.status).toBe('NoCredit');
    expect(Date.parse(info.idTokenInfo.cacheExpiryDateTime)).toBeLessThanOrEqual(Date.now());
  });
}
