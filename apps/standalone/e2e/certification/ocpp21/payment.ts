import { Session, charging } from '../ocpp2/session';
import { RECEIPTS, TOKENS, type World } from '../world';

interface Settled {
  items: { pspRef: string; status: string; amount: string; transaction: string | null }[];
}

/** Payments made at the station: its reports and the answers to them. */
export function payment(world: () => World): void {
  const settlement = (transactionId: string, more: object = {}) => ({
    ...{
      transactionId,
      pspRef: `psp-${transactionId}`,
      status: 'Settled',
      settlementAmount: 7.5,
      settlementTime: new Date().toISOString(),
    },
    ...more,
  });
  const settlementsOf = async (transaction: string): Promise<Settled['items']> =>
    (await world().api.get<Settled>(`/v1/settlements?transaction=${transaction}`)).body.items;

  it('TC_C_108_CSMS answers about a VAT number, from the EVSE of the request', async () => {
    const station = await world().booted('ocpp2.1');
    const answer = await station.call('VatNumberValidation', { vatNumber: 'DE123456789', evseId: 1 });
    expect(answer).toEqual({ vatNumber: 'DE123456789', evseId: 1, status: 'Rejected' }); // no register is configured
  });

  it('TC_C_113_CSMS takes nothing for a session that was cancelled before anything flowed', async () => {
    const station = await world().booted('ocpp2.1');
    const session = new Session(station);
    await session.sendEvent('Started', 'Authorized', { evse: true, token: TOKENS.VALID, drawnWh: 0 });
    expect((await session.isTold('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: 0 })).totalCost).toBe(0);
    expect(Number((await world().cdr(station)).cost.total)).toBe(0);
  });

  it('TC_C_117_CSMS has the bill that is settled here, and sends the URL of the receipt', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    const { totalCost } = await session.isTold('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(Number((await world().cdr(station)).cost.totalInclTax)).toBe(totalCost);
    expect(await station.call('NotifySettlement', settlement(session.transactionId))).toEqual({ receiptUrl: `${RECEIPTS}/${id}` });
  });

  it('TC_C_118_CSMS keeps what the station has settled, with its session, and sends the URL of the receipt', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(await station.call('NotifySettlement', settlement(session.transactionId))).toEqual({ receiptUrl: `${RECEIPTS}/${id}` });
    expect(await settlementsOf(id)).toMatchObject([{ status: 'Settled', amount: '7.5' }]);
  });

  it.each([
    ['TC_C_119_CSMS', 'Failed'],
    ['TC_C_120_CSMS', 'Rejected'],
  ])('%s keeps a settlement that failed: %s', async (_case, status) => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(await station.call('NotifySettlement', settlement(session.transactionId, { status }))).toEqual({});
    expect(await settlementsOf(id)).toMatchObject([{ status }]);
  });

  it.each([
    ['TC_C_125_CSMS', 'reckoned here', undefined],
    [
      'TC_C_126_CSMS',
      'reckoned at the station',
      {
        totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { inclTax: 3 } },
        totalUsage: { energy: 500, chargingTime: 60, idleTime: 0 },
      },
    ],
  ])('%s starts what was paid for at a lone terminal, up to what was paid; the cost is %s', async (_case, _title, costDetails) => {
    const station = await world().booted('ocpp2.1');
    const pspRef = `psp-${station.options.station}`;
    const call = await world().remoteStart(station, pspRef, { status: 'Accepted' }, { paid: true, limit: { maxCost: '25.00' } });
    expect(call).toMatchObject({ idToken: { idToken: pspRef, type: 'DirectPayment' }, evseId: 1 });
    const session = new Session(station);
    const remoteStartId = Number(call['remoteStartId']);
    const paid = { idToken: pspRef, type: 'DirectPayment' };
    const begun = await session.isTold('Started', 'RemoteStart', { evse: true, drawnWh: 0, remoteStartId, idToken: paid });
    expect(begun).toMatchObject({ idTokenInfo: { status: 'Accepted' }, transactionLimit: { maxCost: 25 } });
    const ended = await session.isTold('Ended', 'StopAuthorized', {
      stopped: 'Local',
      drawnWh: 500,
      ...(costDetails === undefined ? {} : { costDetails }),
    });
    const { id } = await world().transaction(station, { state: 'ended', idToken: pspRef });
    expect(ended.totalCost).toBe(Number((await world().cdr(station)).cost.totalInclTax));
    const shown = await world().api.get(`/v1/transactions/${id}/station-cost`);
    expect(shown).toMatchObject(costDetails === undefined ? { status: 404 } : { body: { costDetails } });
  });
}
