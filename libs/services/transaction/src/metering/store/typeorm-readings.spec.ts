import { openDatabase } from '@voltbus/database';
import { StationAllowance } from '@voltbus/service';
import { freshDatabase } from '@voltbus/testing';
import { migrationsOf } from '@voltbus/service';
import { transactionService } from '../../service';
import { TypeormReadings, type StationReading } from './typeorm-readings';

function reading(station: string, second: number): StationReading {
  return {
    ...{
      ref: { tenant: 'default', station },
      evse: 1,
      transaction: '',
      time: { at: second * 1_000, raw: null },
      context: 'Sample.Periodic',
    },
    ...{ seqNo: 0, intervalWh: null, samples: {}, registers: {} },
    ...{ energyWh: second, powerW: null, voltages: [], currents: [], soc: null, rest: {}, signed: {} },
  };
}

it('readings of a station are stored up to its allowance; the excess of one station takes nothing from another', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: transactionService.schema, migrations: migrationsOf(transactionService) });
  const beyond: [string, number][] = [];
  const allowance = new StationAllowance({
    burst: 10,
    perDay: 10,
    now: () => 0,
    beyond: ({ station }, count) => void beyond.push([station, count]),
  });
  const readings = new TypeormReadings(database, allowance);
  await readings.writeMany([...Array.from({ length: 25 }, (_, second) => reading('floods', second)), reading('other', 1)]);
  await readings.writeMany([reading('floods', 99)]);
  const rows: { station: string; count: number }[] = await database.query(
    'SELECT station, count(*)::integer AS count FROM transactions.readings GROUP BY station ORDER BY station',
  );
  expect(rows).toEqual([
    { station: 'floods', count: 10 },
    { station: 'other', count: 1 },
  ]);
  expect(beyond).toEqual([
    ['floods', 15],
    ['floods', 1],
  ]);
  await database.destroy();
  await drop();
});

it('signed data counts by its size: what fills frames is not kept by the million', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: transactionService.schema, migrations: migrationsOf(transactionService) });
  const allowance = new StationAllowance({ burst: 10, perDay: 10, unitBytes: 1_024, now: () => 0, beyond: () => undefined });
  const readings = new TypeormReadings(database, allowance);
  const signed = (second: number) => ({
    ...reading('signs', second),
    signed: { 'Energy.Active.Import.Register||': 'A'.repeat(4 * 1_024) },
  });
  await readings.writeMany(Array.from({ length: 5 }, (_, second) => signed(second)));
  expect(await database.query('SELECT count(*)::integer AS count FROM transactions.readings')).toEqual([{ count: 2 }]);
  await database.destroy();
  await drop();
});
