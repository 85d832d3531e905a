import type { Service } from '@voltbus/service';

/** Everything that is stored in the database, as text. */
export async function storedText({ database }: Pick<Service, 'database'>): Promise<string> {
  const tables: { name: string }[] = await database.query(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema = 'router'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }): Promise<{ row: string }[]> => database.query(`SELECT t::text AS row FROM ${name} t`)),
  );
  return rows.flat().map(({ row }) => row).join('\n'); // prettier-ignore
}

/** Expects the secret in none of the forms in which a row could hold it. */
export function expectNowhere(text: string, secret: string): void {
  const bytes = Buffer.from(secret);
  for (const form of [secret, bytes.toString('hex'), bytes.toString('base64').slice(0, -3)]) expect(text).not.toContain(form);
}
