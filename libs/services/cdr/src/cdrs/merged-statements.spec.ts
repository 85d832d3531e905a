import { join } from 'node:path';
import { brokenByNewColumns, declaredIn, outcomesOf, recordAsked } from '@voltbus/database/testing';
import { startCdr, type CdrFixture } from '../testing/cdr-fixture';
import { endedTransaction } from '../testing/ended-transaction';

const many = Array.from({ length: 6 }, (_, index) => index);

let cdr: CdrFixture;
let asked: ReturnType<typeof recordAsked>;
beforeAll(async () => {
  cdr = await startCdr();
});
afterAll(async () => {
  asked?.mockRestore();
  await cdr?.close();
});

it('every statement that says how it is merged returns and leaves merged what it does by itself', async () => {
  asked = recordAsked();
  const ended = many.map((station) => endedTransaction({ station: `S${station}`, idTokenGroup: `group ${station}` }));
  for (const revision of [1, 2])
    await Promise.all(ended.map((one) => cdr.billing.bill({ ...one, revision, energyWh: 10_000 + revision }, 0)));
  const outcomes = await outcomesOf(asked, cdr.database);
  for (const { name, alone, merged } of outcomes) expect([name, merged]).toEqual([name, alone]);
  const names = new Set(outcomes.map(({ name }) => name));
  expect(declaredIn(join(__dirname, '..')).filter((name) => !names.has(name))).toEqual([]);
});

it('no prepared statement fails when a newer program has added columns to the tables', async () => {
  expect(await brokenByNewColumns(asked, cdr.database)).toEqual([]);
});
