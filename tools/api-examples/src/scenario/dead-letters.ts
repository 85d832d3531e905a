import { until } from '@voltbus/infra';
import { Client } from 'pg';
import { chargeSession } from './charging-session';
import type { RecordedSystem } from './recorded-system';
import type { ScriptedStation } from '../scripted-station';

const REFUSED = 'a1b2c3d4-0009';
/** The database refuses a transaction, as it would one that breaks a rule of its table: that is the record's fault, so it is dead at once. */
const REFUSE = `
CREATE FUNCTION public.refuse_example() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'new row violates check constraint' USING ERRCODE = '23514'; END $$;
CREATE TRIGGER refuse_example BEFORE INSERT ON transactions.transactions FOR EACH ROW
WHEN (NEW.reference = '${REFUSED}') EXECUTE FUNCTION public.refuse_example();`;
const ALLOW = 'DROP TRIGGER refuse_example ON transactions.transactions';

export async function recordDeadLetters({ admin, databaseUrl, began }: RecordedSystem, station: ScriptedStation): Promise<void> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(REFUSE);
    await chargeSession(station, began, { transactionId: REFUSED, start: 30, minutes: 10, energyWh: 800 }).catch(() => undefined);
    const id = await until('there is a dead letter', async () => (await admin.api.get('/v1/dead-letters')).items[0]?.id);
    await database.query(ALLOW);
    await admin.record('get', '/v1/dead-letters', { query: { limit: 1 } });
    await admin.record('get', '/v1/dead-letters/{id}', { path: { id } });
    await admin.record('post', '/v1/dead-letters/{id}/replay', { path: { id } });
  } finally {
    await database.end();
  }
}
