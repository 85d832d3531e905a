import { Session, charging } from '../ocpp2/session';
import { RECEIPTS, TOKENS, type World } from '../world';

interface Settled {
  items: { pspRef: string; status: string; amount: string; transaction: string | null }[];
}

/** Payments made at the station: what it tells of them, and what it is told. */
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

  it('TC_C_108_CSMS answers about a VAT number, of the EVSE that asked', async () => {
    const station = await world().booted('ocpp2.1');
    const answer = await station.call('VatNumberValidation', { vatNumber: 'DE123456789', evseId: 1 });
    expect(answer).toEqual({ vatNumber: 'DE123456789', evseId: 1, status: 'Rejected' }); // no register is configured
  });

  it('TC_C_113_CSMS takes nothing for a session that was cancelled before anything flowed', async () => {
    const station = await world().booted('ocpp2.1');
    const session = new Session(station);
    await session.says('Started', 'Authorized', { evse: true, token: TOKENS.VALID, drawnWh: 0 });
    expect((await session.isTold('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: 0 })).totalCost).toBe(0);
    expect(Number((await world().cdr(station)).cost.total)).toBe(0);
  });

  it('TC_C_117_CSMS has the bill that is settled here, and says where the receipt is', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    const { totalCost } = await session.isTold('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(Number((await world().cdr(station)).cost.totalInclTax)).toBe(totalCost);
    expect(await station.call('NotifySettlement', settlement(session.transactionId))).toEqual({ receiptUrl: `${RECEIPTS}/${id}` });
  });

  it('TC_C_118_CSMS keeps what the station has settled, with its session, and says where the receipt is', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await session.says('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(await station.call('NotifySettlement', settlement(session.transactionId))).toEqual({ receiptUrl: `${RECEIPTS}/${id}` });
    expect(await settlementsOf(id)).toMatchObject([{ status: 'Settled', amount: '7.5' }]);
  });

  it.each([
    ['TC_C_119_CSMS', 'Failed'],
    ['TC_C_120_CSMS', 'Rejected'],
  ])('%s keeps a settlement that came to nothing: %s', async (_case, status) => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    await session.says('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id } = await world().transaction(station, { state: 'ended' });
    expect(await station.call('NotifySettlement', settlement(session.transactionId, { status }))).toEqual({});
    expect(await settlementsOf(id)).toMatchObject([{ status }]);
  });
}
