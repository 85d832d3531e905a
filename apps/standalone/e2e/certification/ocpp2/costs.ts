import type { ForeignStation, ProtocolName } from '@voltbus/testing';
import { TARIFFS, TOKENS, type World } from '../world';
import { charging } from './session';

const KWH = 4;

interface Update {
  totalCost: number;
  transactionId: string;
}

function nextCost(station: ForeignStation): Promise<Update> {
  return new Promise((resolve) =>
    station.answer('CostUpdated', (payload) => {
      resolve(payload as unknown as Update); // the client has checked it
      return {};
    }),
  );
}

export function costs(world: () => World, protocol: ProtocolName): void {
  it('TC_I_01_CSMS tells what a session costs so far, in answers and where none is due', async () => {
    const station = await world().booted(protocol);
    const update = nextCost(station);
    const session = await charging(station);
    const { totalCost = 0 } = await session.isTold('Updated', 'MeterValuePeriodic', { drawnWh: KWH * 1000 });
    expect(totalCost).toBeGreaterThanOrEqual(KWH * Number(TARIFFS.cert) * 1.2);
    const { transactionId, totalCost: later } = await update;
    expect(transactionId).toBe(session.transactionId);
    expect(later).toBeGreaterThan(totalCost); // it goes on, a minute costs 1
  });

  it('TC_I_02_CSMS sends the cost of the bill at the end', async () => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    const { totalCost } = await session.isTold('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: KWH * 1000 });
    expect(totalCost).toBe(Number((await world().cdr(station)).cost.totalInclTax));
  });
}
