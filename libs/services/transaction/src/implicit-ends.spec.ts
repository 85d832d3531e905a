import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from './service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 7_200_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'a session that begins where another was never ended (E01, quirk 15), in %s',
  (protocol) => {
    let stations = 0;
    let station: string;
    beforeEach(() => (station = `${protocol}-${++stations}`));
    const say = (id: string, eventType: string, seqNo: number, minute: number, { evse = 1, wh = 1_000 } = {}) =>
      service.say({ protocol, station }, 'TransactionEvent', {
        eventType,
        seqNo,
        timestamp: at(minute),
        triggerReason: 'CablePluggedIn',
        transactionInfo: { transactionId: id },
        ...(eventType === 'Started' ? { evse: { id: evse } } : {}),
        meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
      });
    const sessions = async () =>
      (await service.transactionsOf(station))
        .map(({ ocppTransactionId, state, endedAt, flags }) => ({ id: ocppTransactionId, state, endedAt, flags }))
        .sort((one, other) => one.id.localeCompare(other.id));
    const active = (id: string) => ({ id, state: 'active', endedAt: null, flags: [] });

    it('ends the older one, which is billed so far', async () => {
      await say('A', 'Started', 0, 0);
      await say('A', 'Updated', 1, 10, { wh: 3_000 });
      await say('B', 'Started', 0, 30, { wh: 3_000 });
      expect(await sessions()).toEqual([{ id: 'A', state: 'ended', endedAt: at(30), flags: ['implicit-end'] }, active('B')]);
      expect(service.endsTold(station)).toMatchObject([{ ocppTransactionId: 'A', revision: 1, energyWh: 2_000 }]);
    });

    it("gives way to the older one's own end, which comes late, and says the newer one's start twice without harm", async () => {
      await say('A', 'Started', 0, 0);
      await say('B', 'Started', 0, 30);
      await say('B', 'Started', 0, 30);
      await say('A', 'Ended', 1, 20, { wh: 2_500 });
      expect(await sessions()).toEqual([{ id: 'A', state: 'ended', endedAt: at(20), flags: [] }, active('B')]);
      expect(service.endsTold(station).at(-1)).toMatchObject({ ocppTransactionId: 'A', revision: 2, energyWh: 1_500 });
    });

    it('ends nothing at another EVSE, and nothing that began later: a start may come late', async () => {
      await say('A', 'Started', 0, 0, { evse: 2 });
      await say('B', 'Started', 0, 30);
      await say('C', 'Started', 0, 10);
      expect(await sessions()).toEqual([active('A'), active('B'), active('C')]);
    });
  },
);
