import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { asksForHelp, helpText, type DescribedCommand } from '@voltbus/runtime';
import { CsmsApi } from './csms-api';
import { readCdrs } from './topic';
import type { Truth } from './truth';
import { verify, type Account } from './verify';

const OPTIONS = {
  api: { type: 'string', default: 'http://127.0.0.1:8080', value: 'URL', says: 'whose account is compared' },
  'key-file': { type: 'string', default: '.voltbus/admin-key', value: 'FILE', says: 'an API key' },
  tenant: { type: 'string', default: 'default', value: 'NAME', says: 'whose stations they are' },
  kafka: { type: 'string', value: 'HOST:PORT,...', says: 'brokers: then csms.cdrs.v1 is compared too' },
  'wait-seconds': {
    type: 'string',
    default: '30',
    value: 'N',
    says: 'CDRs may be on their way: the account is read again until it is right, so long at most',
  },
} as const;
const VERIFY: DescribedCommand = {
  usage: ['npm run verify -- TRUTH-FILE [options]'],
  about:
    'Compares what the CSMS says with what the stations of `npm run simulator -- --truth TRUTH-FILE` know. Ends with 0 when all is right.',
  options: OPTIONS,
};
const AGAIN_MS = 1_000;
/** What is right must still be right then: what comes late may make it wrong. */
const SETTLED_MS = 3_000;

async function main(): Promise<boolean> {
  if (asksForHelp(process.argv.slice(2))) return process.stdout.write(helpText(VERIFY)) || true;
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined) throw new Error('which truth file? It is what `npm run simulator -- --truth FILE` wrote');
  const truth = JSON.parse(readFileSync(file, 'utf8')) as Truth;
  const api = new CsmsApi(values.api, values['key-file'], values.tenant);
  const end = Date.now() + Number(values['wait-seconds']) * 1_000;
  for (let rightSince = Infinity; ;) {
    const told = values.kafka === undefined ? null : await readCdrs(values.kafka.split(','), values.tenant);
    const accounts = new Map<string, Account>();
    for (const { station } of truth.stations) {
      const account = await api.account(station);
      accounts.set(station, told === null ? account : { ...account, told: told.cdrs.get(station) ?? [] });
    }
    const { sessions, lost, doubled, wrong, held } = verify(truth, accounts);
    const right = lost.length + doubled.length + wrong.length === 0;
    rightSince = right ? Math.min(rightSince, Date.now()) : Infinity;
    if (Date.now() - rightSince > SETTLED_MS || (!right && Date.now() > end)) {
      for (const line of [...lost, ...doubled, ...wrong, ...held]) process.stdout.write(`${line}\n`);
      process.stdout.write(`compared with the API${told === null ? '' : ` and ${told.records} records of csms.cdrs.v1`}\n`);
      process.stdout.write(
        `sessions ${sessions} lost ${lost.length} doubled ${doubled.length} wrong ${wrong.length} held ${held.length}\n`,
      );
      return right;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

main().then(
  (right) => (process.exitCode = right ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 64;
  },
);
