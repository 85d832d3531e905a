import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from './embedded-postgres';
import { SupervisedPostgres, MAX_RESTARTS, WINDOW_MS } from './supervised-postgres';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

it('is started again under its URL when it was killed, with what was committed', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'voltbus-kept-'));
  let back: () => void = () => undefined;
  const restarted = new Promise<void>((resolve) => (back = resolve));
  const ended = jest.fn();
  const postgres = new SupervisedPostgres({
    dataDir,
    ended,
    restarted: () => back(),
    gaveUp: (error) => {
      throw error;
    },
  });
  try {
    const url = await postgres.start();
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
    process.kill(postgres.pid, 'SIGKILL');
    await restarted;
    expect(ended).toHaveBeenCalledTimes(1);
    expect(postgres.away).toBe(false);
    expect(await query(url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

/** A server whose end a test decides. */
function mortal(): { server: EmbeddedPostgres; end(): void } {
  let end: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (end = resolve));
  const stop = () => Promise.resolve(end());
  return { server: { url: 'postgres://', adminUrl: '', pid: 1, gone, dataDir: '', files: '', stop }, end: () => end() };
}

it(`is given up when it ends by itself more than ${MAX_RESTARTS} times in a while, but not over a long life`, async () => {
  let clock = 0;
  let current = mortal();
  let restarts = 0;
  let notify: (what: string) => void = () => undefined;
  const next = () => new Promise<string>((resolve) => (notify = resolve));
  const postgres = new SupervisedPostgres({
    dataDir: '',
    ended: () => undefined,
    restarted: () => notify(`restart ${(restarts += 1)}`),
    gaveUp: ({ message }) => notify(message),
    start: () => Promise.resolve((current = mortal()).server),
    now: () => clock,
  });
  await postgres.start();
  for (let time = 1; time <= 3 * MAX_RESTARTS; time++) {
    clock += WINDOW_MS / MAX_RESTARTS + 1;
    const nextEvent = next();
    current.end();
    expect(await nextEvent).toBe(`restart ${time}`);
  }
  for (let time = 0; time < MAX_RESTARTS; time++) {
    const nextEvent = next();
    current.end();
    const event = await nextEvent;
    if (event.includes('times in')) return;
  }
  throw new Error('it was never given up');
});

it('is not started again when it was stopped', async () => {
  const { server } = mortal();
  const start = jest.fn(() => Promise.resolve(server));
  const ended = jest.fn();
  const postgres = new SupervisedPostgres({ dataDir: '', ended, restarted: () => undefined, gaveUp: () => undefined, start });
  await postgres.start();
  await postgres.stop();
  await server.gone;
  await Promise.resolve();
  expect([start.mock.calls.length, ended.mock.calls.length]).toEqual([1, 0]);
});
