// Keeps a copy of every CDR and bills from it. Nothing is lost or counted twice, even if this process dies at any moment.
// npm install kafkajs kafkajs-snappy pg
import { CompressionCodecs, CompressionTypes, Kafka, type EachMessagePayload } from 'kafkajs';
import snappy from 'kafkajs-snappy';
import { Client } from 'pg';

const { BROKERS = 'localhost:9092', DATABASE_URL, GROUP = 'billing' } = process.env;
CompressionCodecs[CompressionTypes.Snappy] = snappy; // large batches come compressed

interface Cdr {
  id: string;
  kind: 'charge' | 'credit';
  creditOf: string | null;
  tenant: string;
  transaction: string;
  energyWh: number;
  cost: { currency: string; total: string; totalInclTax: string };
}

const database = new Client({ connectionString: DATABASE_URL });

async function prepare(): Promise<void> {
  await database.connect();
  await database.query(`
    CREATE TABLE IF NOT EXISTS cdrs (
      source text NOT NULL, event_id text NOT NULL, -- ce_source and ce_id: what comes again changes nothing
      id uuid NOT NULL, tenant text NOT NULL, transaction uuid NOT NULL, kind text NOT NULL,
      energy_wh bigint NOT NULL, currency text NOT NULL,
      total numeric NOT NULL, total_incl_tax numeric NOT NULL, -- exact: never a float
      cdr jsonb NOT NULL,
      PRIMARY KEY (source, event_id), UNIQUE (source, id)
    );
    CREATE OR REPLACE VIEW bills AS
      SELECT source, tenant, transaction, currency, sum(energy_wh) AS energy_wh, sum(total) AS total, sum(total_incl_tax) AS total_incl_tax
      FROM cdrs GROUP BY source, tenant, transaction, currency`);
}

async function keep({ message }: EachMessagePayload): Promise<void> {
  const type = String(message.headers?.['ce_type']);
  if (type !== 'voltbus.cdr.issued' && type !== 'voltbus.cdr.credited') return; // a type that came later: not ours
  const cdr = JSON.parse(String(message.value)) as Cdr;
  const { id, tenant, transaction, kind, energyWh, cost } = cdr;
  const [source, eventId] = [String(message.headers?.['ce_source']), String(message.headers?.['ce_id'])];
  if (cdr.creditOf !== null) await noticeGap(source, cdr);
  await database.query('INSERT INTO cdrs VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING', [
    ...[source, eventId, id, tenant, transaction, kind],
    ...[energyWh, cost.currency, cost.total, cost.totalInclTax, cdr],
  ]);
}

/** A credit follows its charge in order. If the charge is missing, this program began too late or was stopped for longer than the retention. */
async function noticeGap(source: string, { tenant, transaction, creditOf }: Cdr): Promise<void> {
  const { rowCount } = await database.query('SELECT 1 FROM cdrs WHERE source = $1 AND id = $2', [source, creditOf]);
  if (rowCount === 0) process.stderr.write(`gap: fetch GET /v1/cdrs?transaction=${transaction} of tenant ${tenant}\n`);
}

async function main(): Promise<void> {
  await prepare();
  const kafka = new Kafka({ clientId: GROUP, brokers: BROKERS.split(',') });
  const consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 6_000, heartbeatInterval: 2_000 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'csms.cdrs.v1', fromBeginning: true });
  // The offset is committed after the row: after a crash in between, the record comes again, and its row exists already.
  await consumer.run({ eachMessage: keep });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void consumer.disconnect().then(() => database.end()));
  }
}

void main();
