import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { TestApp } from '@voltbus/http/testing';
import { ROOT, endProgram, range, runCommand, until, type Program } from '@voltbus/testing';
import { CdrApp } from '../testing/cdr-app';
import { endedTransaction, tariffOf } from '../testing/ended-transaction';

const SESSIONS = 30;

let app: CdrApp;
let folder: string;
beforeAll(async () => {
  app = await CdrApp.start();
  folder = await mkdtemp(join(tmpdir(), 'books-'));
  await app.tariffs.add('default', 'day', tariffOf('day', '0.50'), new Date(0));
  await app.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, new Date(0));
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The example, on books of its own. */
async function start(...args: string[]): Promise<Program> {
  const server = app.face.app.getHttpServer() as { address(): { port: number } | null };
  if (server.address() === null) await app.face.app.listen(0, '127.0.0.1');
  const settings = { API: `http://127.0.0.1:${server.address()?.port}`, KEY: TestApp.KEY, BOOKS: folder, LIMIT: '2' };
  return runCommand(process.execPath, [join(ROOT, 'docs/how-to/examples/poll-cdrs.mjs'), ...args], settings);
}

async function books(): Promise<Cdr[]> {
  const text = await readFile(join(folder, 'cdrs.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Cdr);
}

it("keeps each CDR once in the order of issue, as the guide's example that is killed and started again", async () => {
  const sessions = range(SESSIONS).map((nth) => endedTransaction({ station: `CS-${nth % 3}`, energyWh: (nth + 1) * 1_000 }));
  for (const session of sessions) await app.billing.bill(session, 0);
  for (let at = 2; at < SESSIONS; at += 8) {
    const killed = await start();
    await until('it has stored some more', async () => (await books()).length >= at);
    await endProgram(killed, 'SIGKILL');
  }
  const corrected = sessions
    .slice(0, 5)
    .map((session): EndedTransaction => ({ ...session, revision: 2, energyWh: session.energyWh! + 1_000 }));
  for (const session of corrected) await app.billing.bill(session, 0);
  const last = await start('--once');
  await until('it has read all', () => last.child.exitCode !== null);
  expect([last.child.exitCode, last.output()]).toEqual([0, expect.any(String)]);

  const kept = await books();
  expect(new Set(kept.map(({ id }) => id)).size).toBe(kept.length);
  expect(kept).toHaveLength(SESSIONS + 2 * corrected.length);
  expect(kept.map(({ issuedAt }) => issuedAt)).toEqual(kept.map(({ issuedAt }) => issuedAt).sort());
  const costOf = (id: string) => kept.reduce((sum, { transaction, cost }) => (transaction === id ? sum + Number(cost.total) : sum), 0);
  for (const { id, energyWh } of [...sessions.slice(5), ...corrected]) expect(costOf(id)).toBe((energyWh ?? 0) / 2_000);
});
