import { openDatabase } from '@voltbus/database';
import { migrationsOf } from '@voltbus/service';
import { TypeormAuditChain } from './audit-log';
import { deviceConfig } from './service';

/** The chains of the audit log in a database, whose schema is brought up to date as at the start of the service. */
export async function openAuditChain(url: string): Promise<{ chain: TypeormAuditChain; close(): Promise<void> }> {
  const options = { schema: deviceConfig.schema, migrations: migrationsOf(deviceConfig), poolSize: 1, applicationName: 'voltbus-audit' };
  const database = await openDatabase({ url, ...options });
  return { chain: new TypeormAuditChain(database), close: () => database.destroy() };
}
