import { eventually } from '@voltbus/testing';
import { charging, idToken } from '../ocpp2/session';
import { TARIFFS, TOKENS, type World } from '../world';

type Payload = Record<string, unknown>;

const energy = (...prices: Payload[]) => ({ tariffId: 'evening', currency: 'EUR', energy: { prices } });
const EVENING = energy({ priceKwh: 0.6, conditions: { startTimeOfDay: '17:00', endTimeOfDay: '21:00' } }, { priceKwh: 0.4 });
const COUNTED = energy({ priceKwh: 0.6, conditions: { minEnergy: 10_000 } }, { priceKwh: 0.4 });
const ACCEPTED = { status: 'Accepted' };

/** Tariff commands in the form of 2.1, and the answers that stations may give. */
export function tariffs(world: () => World): void {
  it.each<[id: string, title: string, tariff: Payload, response: Payload]>([
    ['TC_I_101_CSMS', 'by the time of day', EVENING, ACCEPTED],
    ['TC_I_102_CSMS', 'with more parts than it takes', EVENING, { status: 'TooManyElements' }],
    ['TC_I_105_CSMS', 'with conditions that it does not know', COUNTED, { status: 'ConditionNotSupported' }],
  ])('%s sends a default tariff %s', async (_case, _title, tariff, response) => {
    await world().expectAnswered(await world().booted('ocpp2.1'), 'SetDefaultTariff', { evseId: 0, tariff }, response);
  });

  it('TC_I_106_CSMS sends the tariff that applies at the station, and reads back what it has', async () => {
    const station = await world().booted('ocpp2.1');
    station.answer('SetDefaultTariff', () => ACCEPTED);
    const { status, body } = await world().api.post<{ id: string }>(`/v1/stations/${station.options.station}/default-tariff`, {});
    expect(status).toBe(202);
    await eventually(
      () => world().api.get<{ status: string }>(`/v1/commands/${body.id}`),
      (reply) => reply.body.status === 'answered',
    );
    const [call] = station.received.filter(({ action }) => action === 'SetDefaultTariff');
    expect(call?.payload).toMatchObject({
      evseId: 0,
      tariff: { currency: 'EUR', energy: { prices: [{ priceKwh: Number(TARIFFS.cert) }] } },
    });
    const { tariffId } = (call?.payload as { tariff: { tariffId: string } }).tariff; // as was just seen
    const assignments = [{ tariffId, tariffKind: 'DefaultTariff', evseIds: [1] }];
    await world().expectAnswered(station, 'GetTariffs', { evseId: 0 }, { status: 'Accepted', tariffAssignments: assignments });
  });

  it('TC_I_109_CSMS tells a driver of a group with a price of its own what he pays', async () => {
    const station = await world().booted('ocpp2.1');
    const authorized = (token: string) => station.call<{ tariff?: Payload }>('Authorize', { idToken: idToken(token) });
    const { tariff } = await authorized(TOKENS.GROUP_ONE);
    expect(tariff).toMatchObject({ currency: 'EUR', energy: { prices: [{ priceKwh: Number(TARIFFS['cert-group']) }] } });
    expect((await authorized(TOKENS.VALID)).tariff).toBeUndefined();
  });

  it('TC_I_110_CSMS takes the default tariff away', async () => {
    const response = { clearTariffsResult: [{ tariffId: 'evening', status: 'Accepted' }] };
    await world().expectAnswered(await world().booted('ocpp2.1'), 'ClearTariffs', { tariffIds: ['evening'], evseId: 0 }, response);
  });

  it.each<[id: string, title: string, tariff: Payload, response: Payload]>([
    ['TC_I_113_CSMS', 'with more parts than the station takes', EVENING, { status: 'TooManyElements' }],
    ['TC_I_114_CSMS', 'with conditions that the station does not know', COUNTED, { status: 'ConditionNotSupported' }],
    ['TC_I_115_CSMS', 'with conditions that the station knows', COUNTED, ACCEPTED],
  ])('%s changes the tariff of a session to one %s', async (_case, _title, tariff, response) => {
    const station = await world().booted('ocpp2.1');
    const { transactionId } = await charging(station);
    await world().expectAnswered(station, 'ChangeTransactionTariff', { transactionId, tariff }, response);
  });

  it('TC_I_122_CSMS keeps what the station has reckoned, and bills by its own tariff', async () => {
    const station = await world().booted('ocpp2.1');
    const session = await charging(station);
    const costDetails = {
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax: 0.25, inclTax: 0.3 } },
      totalUsage: { energy: 500, chargingTime: 60, idleTime: 60 },
    };
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500, costDetails });
    const { id } = await world().transaction(station, { state: 'ended', energyWh: 500 });
    expect(await world().api.get(`/v1/transactions/${id}/station-cost`)).toMatchObject({ status: 200, body: { costDetails } });
    expect((await world().cdr(station)).tariff).toMatchObject({ perKwh: TARIFFS.cert });
  });
}
