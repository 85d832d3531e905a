import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { asksForHelp, helpText, type DescribedCommand } from '@voltbus/runtime';
import { CsmsApi } from './api/csms-api';
import { readPublishedCdrs, type PublishedCdrs } from './proof/cdr-topic';
import type { Truth } from './proof/truth';
import { isRight, verify, type Account, type Verdict } from './proof/verify';

const OPTIONS = {
  api: { type: 'string', default: 'http://127.0.0.1:8080', value: 'URL', description: 'the API whose account is compared' },
  'key-file': { type: 'string', default: '.voltbus/admin-key', value: 'FILE', description: 'file of an API key' },
  tenant: { type: 'string', default: 'default', value: 'NAME', description: 'tenant of the stations' },
  kafka: {
    type: 'string',
    value: 'HOST:PORT,...',
    description: 'brokers: with them csms.cdrs.v1 is compared too; TLS and SASL as in VOLTBUS_KAFKA_*',
  },
  'wait-seconds': {
    type: 'string',
    default: '30',
    value: 'N',
    description: 'CDRs may be on their way: for so long at most, the account is read again until it is right',
  },
} as const;
const VERIFY: DescribedCommand = {
  usage: ['npm run verify -- TRUTH-FILE [options]'],
  about:
    "Compares the CSMS's account with the truth of the stations, from `npm run simulator -- --truth TRUTH-FILE`. Ends with 0 when all is right.",
  options: OPTIONS,
};
const EXIT_USAGE = 64;
const RETRY_MS = 1_000;
/** An account that is right must still be right after this time: a late CDR may make it wrong. */
const STABLE_MS = 3_000;

async function main(): Promise<boolean> {
  if (asksForHelp(process.argv.slice(2))) return process.stdout.write(helpText(VERIFY)) || true;
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined) throw new Error('the truth file is missing: `npm run simulator -- --truth FILE` writes one');
  const truth = JSON.parse(readFileSync(file, 'utf8')) as Truth; // written by the simulator
  const api = new CsmsApi(values.api, values['key-file'], values.tenant);
  const end = Date.now() + Number(values['wait-seconds']) * 1_000;
  for (let rightSince = Infinity; ;) {
    const published = values.kafka === undefined ? null : await readPublishedCdrs(values.kafka, values.tenant);
    const verdict = verify(truth, await readAccounts(truth, api, published));
    const right = isRight(verdict);
    rightSince = right ? Math.min(rightSince, Date.now()) : Infinity;
    if (Date.now() - rightSince > STABLE_MS || (!right && Date.now() > end)) {
      printVerdict(verdict, published);
      return right;
    }
    await pause(RETRY_MS);
  }
}

async function readAccounts({ stations }: Truth, api: CsmsApi, published: PublishedCdrs | null): Promise<Map<string, Account>> {
  const accounts = new Map<string, Account>();
  for (const { station } of stations) {
    const account = await api.account(station);
    accounts.set(station, published === null ? account : { ...account, published: published.cdrs.get(station) ?? [] });
  }
  return accounts;
}

function printVerdict({ sessions, lost, doubled, wrong, held }: Verdict, published: PublishedCdrs | null): void {
  for (const line of [...lost, ...doubled, ...wrong, ...held]) process.stdout.write(`${line}\n`);
  process.stdout.write(`compared with the API${published === null ? '' : ` and ${published.records} records of csms.cdrs.v1`}\n`);
  process.stdout.write(`sessions ${sessions} lost ${lost.length} doubled ${doubled.length} wrong ${wrong.length} held ${held.length}\n`);
}

main().then(
  (right) => (process.exitCode = right ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_USAGE;
  },
);
