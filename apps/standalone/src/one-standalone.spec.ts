import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, type FreshDatabase } from '@voltbus/testing';

let database: FreshDatabase;
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'voltbus-one-'));
});
afterAll(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'close');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves when the process is ready or has ended, with its exit code and its output. */
async function start(name: string): Promise<{ child: ChildProcess; code: number | null; output: string }> {
  const args = ['-r', join(__dirname, '../../../libs/testing/src/run-typescript.cjs'), join(__dirname, 'main.ts')];
  const ports = { VOLTBUS_OCPP_PORT: '0', VOLTBUS_HTTP_PORT: '0', VOLTBUS_INTERNAL_PORT: '0' };
  const own = { VOLTBUS_DATABASE_URL: database.url, VOLTBUS_DATA_DIR: join(folder, name), VOLTBUS_LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, args, {
    env: { ...ports, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const ended = once(child, 'close');
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('ready  ')) resolve();
      });
    void ended.then(() => resolve());
  });
  return { child, code: child.exitCode, output };
}

it('refuses a second standalone on one database and names the first; after a kill -9 the next one starts by itself', async () => {
  const first = await start('first');
  expect(first.output).toContain('ready  ');
  const second = await start('second');
  expect(second.code).toBe(78);
  expect(second.output).toContain(`VOLTBUS_DATABASE_URL: another standalone works on this database (process ${first.child.pid} on `);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  const third = await start('third');
  expect(third.output).toContain('ready  ');
});
