import { KafkaBus } from '@voltbus/bus';
import { CDRS, PRICES, type EndedTransaction, type Tariff } from '@voltbus/contracts';
import {
  endProgram,
  freshDatabase,
  hasPython,
  pythonPackages,
  runCommand,
  silentLogger,
  testKafka,
  testMetrics,
  until,
  type FreshDatabase,
  type Program,
} from '@voltbus/testing';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { openCdr, type OpenedCdr } from '../testing/open-cdr';

const ROOT = join(__dirname, '../../../../..');
const EXAMPLES = join(ROOT, 'docs/how-to/examples');
const { brokers } = testKafka();
const TENANT = `guide-${Date.now()}`;
const SESSIONS = 40;
const STATIONS = 7;
/** Together more than the bus sends uncompressed: the examples must read what a busy night looks like. */
const SIGNED = 'OCMF|'.repeat(200);

let bus: KafkaBus;
let service: OpenedCdr;
let admin: Admin;
const databases: FreshDatabase[] = [];

beforeAll(async () => {
  bus = new KafkaBus({ logger: silentLogger, metrics: testMetrics(), brokers, clientId: 'cdr-spec', onCrash: 'rebuild' });
  await bus.ensureTopics([CDRS, PRICES]);
  const url = await database();
  service = await openCdr({ url, bus, metrics: testMetrics() });
  await service.tariffs.addTerms(TENANT, { currency: 'EUR', defaultTariff: 'day' }, new Date(0));
  await service.tariffs.add(TENANT, 'day', tariff, new Date(0));
  admin = new Kafka({ brokers, clientId: 'cdr-spec-admin', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await service?.service.stop();
  await service?.database.destroy();
  await bus?.close();
  for (const { drop } of databases) await drop();
});

async function database(): Promise<string> {
  const fresh = await freshDatabase();
  databases.push(fresh);
  return fresh.url;
}

const tariff: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0',
  perIdleMinute: '0',
  idleGraceMinutes: 0,
  fixed: '0',
  taxPercent: '0',
};
const startedAt = '2026-03-01T10:00:00.000Z';
const ids = Array.from({ length: SESSIONS }, () => randomUUID());
/** kWh by session, as the last revision has it. */
const charged = new Map<string, number>();

async function ends(nth: number, kWh: number, change: Partial<EndedTransaction> = {}): Promise<void> {
  const id = ids[nth] ?? '';
  charged.set(id, kWh);
  await service.billing.bill(
    {
      tenant: TENANT,
      station: `CS-${nth % STATIONS}`,
      id,
      evse: 1,
      connector: 1,
      ocppTransactionId: String(nth),
      idToken: 'TAG',
      state: 'ended',
      startedAt,
      endedAt: '2026-03-01T11:00:00.000Z',
      meterStartWh: 0,
      meterStopWh: kWh * 1000,
      energyWh: kWh * 1000,
      stopReason: 'Local',
      flags: [],
      revision: 1,
      signedData: [SIGNED],
      periods: [{ kind: 'charging', startedAt, seconds: 3600, energyWh: kWh * 1000 }],
      ...change,
    },
    Date.now(),
  );
}

/** Another team's program on a database of its own. */
class Team {
  private program: Program | null = null;
  private readonly rows: Client;

  constructor(
    private readonly url: string,
    private readonly args: readonly string[],
    private readonly settings: Readonly<Record<string, string>> = {},
  ) {
    this.rows = new Client({ connectionString: url });
  }

  async open(): Promise<void> {
    await this.rows.connect();
  }

  start(group: string): void {
    const [command = '', ...args] = this.args;
    this.program = runCommand(command, args, { ...this.settings, BROKERS: brokers.join(','), DATABASE_URL: this.url, GROUP: group });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.program !== null) await endProgram(this.program, signal);
  }

  async close(): Promise<void> {
    await this.end('SIGKILL');
    await this.rows.end();
  }

  /** Resolves when the group has committed everything that is on the topic. */
  async caughtUp(group: string): Promise<void> {
    const ends = new Map((await admin.fetchTopicOffsets(CDRS.name)).map(({ partition, high }) => [partition, BigInt(high)]));
    await this.until(`the group ${group} has committed all CDRs`, async () => {
      const [committed] = await admin.fetchOffsets({ groupId: group, topics: [CDRS.name] });
      const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      return [...ends].every(([partition, high]) => high === 0n || (offsets.get(partition) ?? -1n) >= high);
    });
  }

  async hasSome(): Promise<void> {
    await this.until('the program has stored a CDR', async () => (await this.count().catch(() => 0)) > 0);
  }

  async count(): Promise<number> {
    const { rows } = await this.rows.query<{ n: string }>('SELECT count(*) AS n FROM cdrs WHERE tenant = $1', [TENANT]);
    return Number(rows[0]?.n);
  }

  /** kWh and total by transaction. */
  async bills(): Promise<Map<string, string>> {
    const { rows } = await this.rows.query<{ transaction: string; energy_wh: string; total: string }>(
      'SELECT transaction, energy_wh, total FROM bills WHERE tenant = $1',
      [TENANT],
    );
    return new Map(rows.map(({ transaction, energy_wh, total }) => [transaction, `${Number(energy_wh) / 1000} kWh ${total}`]));
  }

  private until(description: string, reached: () => Promise<boolean>): Promise<void> {
    return until(description, async () => {
      if (this.program?.child.exitCode !== null) throw new Error(`it ended: ${this.program?.output()}`);
      return reached();
    });
  }
}

async function outboxEmpty(): Promise<boolean> {
  const rows: { n: string }[] = await service.database.query('SELECT count(*) AS n FROM cdr.outbox');
  return rows[0]?.n === '0';
}

const whatItCost = (): Map<string, string> => new Map([...charged].map(([id, kWh]) => [id, `${kWh} kWh ${((kWh * 49) / 100).toFixed(2)}`]));

const languages: [string, () => [string[], Record<string, string>]][] = [
  [
    'TypeScript',
    () => [[process.execPath, '-r', join(ROOT, 'libs/testing/src/run-typescript.cjs'), join(EXAMPLES, 'consume-cdrs.ts')], {}],
  ],
  ['Python', () => [['python3', join(EXAMPLES, 'consume_cdrs.py')], { PYTHONPATH: pythonPackages(join(EXAMPLES, 'requirements.txt')) }]],
];
const possible = languages.filter(([language]) => language !== 'Python' || hasPython());
if (possible.length < languages.length)
  it.skip('the Python example (skipped: no Python 3.10 or later with pip on this machine)', () => undefined);

it(`the guide's ${possible.map(([language]) => language).join(' and ')} bill what it cost, through repeats, credits, kill -9 and a replay`, async () => {
  const teams = await Promise.all(
    possible.map(async ([, program]) => {
      const [args, settings] = program();
      const team = new Team(await database(), args, settings);
      await team.open();
      return { team, group: `guide-${randomUUID()}` };
    }),
  );
  const each = (work: (team: Team, group: string) => unknown): Promise<unknown> =>
    Promise.all(teams.map(({ team, group }) => work(team, group)));
  try {
    for (let nth = 0; nth < SESSIONS / 2; nth++) await ends(nth, nth + 1);
    await each((team, group) => team.start(group));
    await each((team) => team.hasSome());
    await each((team) => team.end('SIGKILL'));

    for (let nth = 0; nth < 10; nth++) await ends(nth, nth + 1, { reminder: true }); // published again under the same ce_id
    for (let nth = 5; nth < 10; nth++) await ends(nth, nth + 10, { revision: 2 }); // a credit and a charge, each; not raised so far that it is held
    for (let nth = SESSIONS / 2; nth < SESSIONS; nth++) await ends(nth, nth + 1);
    await until('the outbox is empty', outboxEmpty);
    await each((team, group) => team.start(group));
    await each((team, group) => team.caughtUp(group));
    const distinct = SESSIONS + 2 * 5;
    await each(async (team) => {
      expect(await team.bills()).toEqual(whatItCost());
      expect(await team.count()).toBe(distinct);
      await team.end('SIGTERM');
    });

    // a replay: another group reads everything from the beginning into the same books
    await each((team, group) => team.start(`${group}-again`));
    await each((team, group) => team.caughtUp(`${group}-again`));
    await each(async (team) => {
      expect(await team.bills()).toEqual(whatItCost());
      expect(await team.count()).toBe(distinct);
    });
  } finally {
    await each((team) => team.close());
  }
});
