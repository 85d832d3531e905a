import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 36_000_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'a station that uses a transaction id again after a reboot (against E01.FR.08), in %s',
  (protocol) => {
    let stations = 0;
    let station: string;
    beforeEach(() => (station = `${protocol}-${++stations}`));
    const send = (eventType: string, seqNo: number, minute: number, wh: number) =>
      service.receive({ protocol, station }, 'TransactionEvent', {
        eventType,
        seqNo,
        timestamp: at(minute),
        triggerReason: 'MeterValuePeriodic',
        transactionInfo: { transactionId: '1' },
        meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
      });
    const bills = async () =>
      (await service.transactionsOf(station))
        .map(({ ocppTransactionId, startedAt, endedAt, energyWh, flags }) => ({ ocppTransactionId, startedAt, endedAt, energyWh, flags }))
        .reverse();
    const first = { ocppTransactionId: '1', startedAt: at(0), endedAt: at(30), energyWh: 2_000, flags: [] };
    const second = { ocppTransactionId: '1', startedAt: at(60), endedAt: at(90), energyWh: 5_000, flags: ['id-reused'] };
    const sayFirst = async () => {
      await send('Started', 0, 0, 1_000);
      await send('Updated', 1, 10, 2_000);
      await send('Ended', 2, 30, 3_000);
    };
    const saySecond = async () => {
      await send('Started', 0, 60, 3_000);
      await send('Updated', 1, 70, 5_000);
      await send('Ended', 2, 90, 8_000);
    };

    it('has two sessions, each billed by itself', async () => {
      await sayFirst();
      await saySecond();
      expect(await bills()).toEqual([first, second]);
      expect(service.publishedEnds(station).map(({ revision, energyWh }) => [revision, energyWh])).toEqual([
        [1, 2_000],
        [1, 5_000],
      ]);
    });

    it('may repeat every message, and a late one belongs to the session of its time', async () => {
      await sayFirst();
      await send('Started', 0, 60, 3_000);
      await send('Ended', 2, 90, 8_000);
      await sayFirst();
      await saySecond();
      await send('Updated', 1, 10, 2_000);
      expect(await bills()).toEqual([first, second]);
    });

    it('may do so a third time', async () => {
      await sayFirst();
      await saySecond();
      await send('Started', 0, 120, 8_000);
      await send('Ended', 1, 130, 9_000);
      expect(await bills()).toEqual([first, second, { ...second, startedAt: at(120), endedAt: at(130), energyWh: 1_000 }]);
    });

    it('has one session when it repeats a start; with other contents the repeat is only flagged', async () => {
      await send('Started', 0, 0, 1_000);
      await send('Started', 0, 5, 1_000);
      await send('Ended', 1, 30, 3_000);
      expect(await bills()).toMatchObject([{ energyWh: 2_000, flags: ['second-start'] }]);
    });
  },
);
