import { parseArgs } from 'node:util';
import { TENANT_PATTERN } from '@voltbus/contracts';
import type { DescribedCommand } from '@voltbus/runtime';

const OPTIONS = {
  tenant: { type: 'string', value: 'TENANT', description: 'only the audit log of this tenant; default: of every tenant' },
  file: { type: 'string', value: 'FILE', description: 'a whole export of the audit log of that tenant, in the place of the database' },
  json: { type: 'boolean', description: 'a line of JSON for each tenant' },
} as const;

export const AUDIT: DescribedCommand = {
  usage: ['npm run audit -- verify [options]', 'voltbus audit verify [options]        in the image'],
  about: `Follows the hash chain of the audit log and names the first entry that was changed or removed
(docs/how-to/verify-the-audit-log.md). The database is named by the settings of every process. Ends with 0 where every
chain is whole, with 1 where one is broken.`,
  options: OPTIONS,
};

interface AuditCommand {
  tenant: string | null;
  file: string | null;
  json: boolean;
}

/** Throws an error that names the wrong argument. */
export function readAuditArgs(args: readonly string[]): AuditCommand {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (positionals.length !== 1 || positionals[0] !== 'verify')
    throw new Error(`${positionals.join(' ') || 'nothing'}: the only command is verify`);
  const { tenant = null, file = null, json = false } = values;
  if (tenant !== null && !TENANT_PATTERN.test(tenant)) throw new Error(`--tenant ${tenant} is no name of a tenant`);
  if (file !== null && tenant === null) throw new Error('--file needs --tenant: the export does not say whose it is');
  return { tenant, file, json };
}
