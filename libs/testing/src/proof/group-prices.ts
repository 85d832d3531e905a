import { randomUUID } from 'node:crypto';
import type { Cdr, Transaction } from '@voltbus/contracts';
import { eventually } from './api';
import { ForeignStation } from './foreign-station';
import { boot, start, stop, type Plan } from './session';
import { prepare, type Shape } from './shape';

const STATION = 'proof-prices';
const KWH = 10;

/** Tariffs of groups, from the plug to the CDR: three services must agree on the group of a station and of a token. */
export function proveGroupPrices(shape: () => Shape): void {
  describe('the price of a session', () => {
    let station: ForeignStation;
    beforeAll(async () => {
      const { api, ocppUrls } = shape();
      const password = await prepare(api, [STATION], 'PRICED-TAG');
      for (const [tariff, perKwh] of [
        ['depot', '0.40'],
        ['fleet', '0.30'],
      ] as const)
        await api.put(`/v1/tariffs/${tariff}`, { currency: 'EUR', perKwh });
      await api.put('/v1/tariff-assignments/station-group/proof-depot', { tariff: 'depot' });
      await api.put('/v1/tariff-assignments/token-group/proof-fleet', { tariff: 'fleet' });
      station = await ForeignStation.connect({ url: `${ocppUrls[0]}/default`, station: STATION, protocol: 'ocpp1.6', password });
      await boot(station);
    });
    afterAll(() => station?.close());

    it("is its station group's from soon after the station came into it", async () => {
      await shape().api.patch(`/v1/stations/${STATION}`, { group: 'proof-depot' });
      // the change travels from one service to another: sessions are charged until one is priced by it
      const cdr = await eventually(
        () => charge(shape(), station),
        ({ tariffFrom }) => tariffFrom === 'station-group',
      );
      expect(cdr).toMatchObject({ tariff: { tariff: 'depot' }, cost: { total: '4.00' } });
    });

    it("is its token group's before that", async () => {
      await shape().api.put('/v1/tokens/PRICED-TAG', { type: 'ISO14443', status: 'Accepted', groupId: 'PROOF-FLEET' });
      expect(await charge(shape(), station)).toMatchObject({
        tariffFrom: 'token-group',
        tariff: { tariff: 'fleet' },
        cost: { total: '3.00' },
      });
    });
  });
}

/** Charges a session and returns its CDR. */
async function charge({ api }: Shape, station: ForeignStation): Promise<Cdr> {
  const plan: Plan = { idToken: 'PRICED-TAG', startWh: 0, stopWh: KWH * 1000, startedAt: new Date(), transactionId: randomUUID() };
  const id = await start(station, plan);
  await stop(station, { ...plan, startedAt: new Date(Date.now() - 3_600_000) }, id);
  const { body } = await api.get<{ items: Transaction[] }>(`/v1/transactions?station=${STATION}`);
  const transaction = body.items.find(({ ocppTransactionId }) => ocppTransactionId === id);
  const cdrs = await eventually(
    () => api.get<{ items: Cdr[] }>(`/v1/cdrs?transaction=${transaction?.id}`),
    (reply) => reply.body.items.length > 0,
  );
  const [cdr] = cdrs.body.items;
  if (cdr === undefined) throw new Error('no CDR');
  return cdr;
}
