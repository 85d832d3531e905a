import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { asksForHelp, dataDirOf, helpText, showSettings } from '@voltbus/runtime';
import { openAuditChain, verifyExport, verifyStored, type Verified } from '@voltbus/service-device-config';
import { AUDIT, readAuditArgs } from './audit/cli-args';
import { textOf } from './audit/text';
import { runningSystem } from './doctor/running-system';

const EXIT_BROKEN = 1;
const EXIT_USAGE = 64;

async function main(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return void process.stdout.write(helpText(AUDIT));
  const { tenant, file, json } = readAuditArgs(args);
  const print = (found: Verified): void => {
    process.stdout.write(`${json ? JSON.stringify(found) : textOf(found)}\n`);
    if (found.fault !== null) process.exitCode = EXIT_BROKEN;
  };
  if (file !== null && tenant !== null) return print(await verifyExport(createInterface({ input: createReadStream(file) }), tenant));
  const { settings, problems } = showSettings(runningSystem(dataDirOf()).settings);
  if (settings === null || settings.DATABASE_URL === '') throw new Error(problems.join('\n') || 'VOLTBUS_DATABASE_URL is required');
  const { chain, close } = await openAuditChain(settings.DATABASE_URL);
  try {
    const kept = { days: settings.RETENTION_AUDIT_LOG_DAYS, now: new Date() };
    for (const one of tenant === null ? await chain.tenants() : [tenant]) print(await verifyStored(chain, one, kept));
  } finally {
    await close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`audit: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
