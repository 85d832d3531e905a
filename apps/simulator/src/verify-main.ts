import { setTimeout as pause } from 'node:timers/promises';
import type { Truth } from '@voltbus/virtual-station';
import { asksForHelp, helpText } from '@voltbus/runtime';
import { CsmsApi } from './api/csms-api';
import { readPublishedCdrs, readPublishedCommands, type PublishedCdrs } from './proof/topics';
import type { Command } from '@voltbus/contracts';
import { isRight, verify, type Account, type Verdict } from './proof/verify';
import { verifyCommands, type CommandVerdict } from './proof/verify-commands';
import { VERIFY, readVerifyArgs } from './verify-args';

const EXIT_USAGE = 64;
const RETRY_MS = 1_000;
/** An account that is right must still be right after this time: a late CDR may make it wrong. */
const STABLE_MS = 3_000;

async function main(): Promise<boolean> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return process.stdout.write(helpText(VERIFY)) || true;
  const { truth, kafka, tenant, ...plan } = readVerifyArgs(args);
  const api = new CsmsApi(plan.api, plan.keyFile, tenant);
  const end = Date.now() + plan.waitSeconds * 1_000;
  for (let rightSince = Infinity; ;) {
    const published = kafka === undefined ? null : await readPublishedCdrs(kafka, tenant);
    const verdict = verify(truth, await readAccounts(truth, api, published));
    const commands = await commandVerdict(truth, api, { kafka, tenant });
    const right = isRight(verdict) && isRight(commands);
    rightSince = right ? Math.min(rightSince, Date.now()) : Infinity;
    if (Date.now() - rightSince > STABLE_MS || (!right && Date.now() > end)) {
      printVerdict(verdict, commands, published);
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

async function commandVerdict(
  { commands = [] }: Truth,
  api: CsmsApi,
  { kafka, tenant }: { kafka: string | undefined; tenant: string },
): Promise<CommandVerdict> {
  if (commands.length === 0) return verifyCommands([], new Map(), null);
  const stored = new Map<string, Pick<Command, 'id' | 'status'>>();
  for (const { id } of commands) {
    const found = await api.command(id);
    if (found !== null) stored.set(id, found);
  }
  return verifyCommands(commands, stored, kafka === undefined ? null : await readPublishedCommands(kafka, tenant));
}

function printVerdict({ sessions, lost, doubled, wrong, held }: Verdict, commands: CommandVerdict, published: PublishedCdrs | null): void {
  for (const line of [...commands.lost, ...commands.doubled, ...commands.wrong]) process.stdout.write(`${line}\n`);
  for (const line of [...lost, ...doubled, ...wrong, ...held]) process.stdout.write(`${line}\n`);
  process.stdout.write(`compared with the API${published === null ? '' : ` and ${published.records} records of csms.cdrs.v1`}\n`);
  if (commands.commands > 0) {
    const outcomes = [...commands.outcomes].map(([status, count]) => `${status} ${count}`).join(' ');
    const counts = `lost ${commands.lost.length} doubled ${commands.doubled.length} wrong ${commands.wrong.length}`;
    process.stdout.write(`commands ${commands.commands} ${counts}: ${outcomes}\n`);
  }
  process.stdout.write(`sessions ${sessions} lost ${lost.length} doubled ${doubled.length} wrong ${wrong.length} held ${held.length}\n`);
}

main().then(
  (right) => (process.exitCode = right ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_USAGE;
  },
);
