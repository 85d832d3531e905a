import { STATIONS } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const publish = (type: 'grouped' | 'deleted', station: string, group: string | null = null): Promise<void> =>
  service.deliver(STATIONS.events[type], { tenant: 'default', station, group }, { station, time: new Date().toISOString() });

async function of(station: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['qr_codes', 'local_lists', 'capabilities', 'presence', 'transactions', 'station_groups']) {
    const rows: unknown[] = await service.database.query(`SELECT FROM transactions.${table} WHERE station = $1`, [station]);
    counts[table] = rows.length;
  }
  return counts;
}

async function populate(station: string): Promise<void> {
  const ref = { tenant: 'default', station };
  await service.qrCodes.change(ref, 1, () => ({ station, evse: 1, urlTemplate: 'https://pay.example', totp: null }));
  await service.localLists.set(ref, () => ({ mode: 'tokens', entriesPerMessage: 100 }));
  await service.connect(ref, 'ocpp2.1');
  await service.receive({ protocol: 'ocpp2.1', station }, 'TransactionEvent', {
    ...{ eventType: 'Started', seqNo: 0, timestamp: new Date().toISOString(), triggerReason: 'Trigger' },
    transactionInfo: { transactionId: 'T' },
  });
}

const THERE = { qr_codes: 1, local_lists: 1, capabilities: 1, presence: 1, transactions: 1, station_groups: 0 };

it('of a station that is deleted nothing stays but its sessions, and what they are billed by', async () => {
  await populate('gone');
  await populate('stays');
  expect(await of('gone')).toEqual(THERE);
  await publish('deleted', 'gone');
  await publish('deleted', 'gone'); // twice is once
  expect(await of('gone')).toEqual({ qr_codes: 0, local_lists: 0, capabilities: 0, presence: 0, transactions: 1, station_groups: 0 });
  expect(await of('stays')).toEqual(THERE);
});

it('a station of a group is in none when it is deleted; its history stays', async () => {
  await publish('grouped', 'grouped', 'depot');
  await publish('deleted', 'grouped');
  const rows: { station_group: string | null }[] = await service.database.query(
    `SELECT station_group FROM transactions.station_groups WHERE station = 'grouped' ORDER BY since`,
  );
  expect(rows.map(({ station_group }) => station_group)).toEqual(['depot', null]);
});
