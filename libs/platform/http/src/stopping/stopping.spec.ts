import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = 'k'.repeat(40);
/** Never over in a test: what is to end it is a second signal, or that there is nothing left to wait for. */
const LONG = '600';

let dataDir: string;
let child: ChildProcess;
let output = '';
let apiUrl: string;
let internalUrl: string;
let heard: () => void = () => undefined;
const agents: Agent[] = [];

async function start(settings: Readonly<Record<string, string>>): Promise<void> {
  dataDir = mkdtempSync(join(tmpdir(), 'voltbus-stop-'));
  output = '';
  child = spawn(
    process.execPath,
    ['-r', join(__dirname, '../../../bus/src/run-typescript.cjs'), join(__dirname, 'process-under-test.ts')],
    {
      env: {
        VOLTBUS_DATA_DIR: dataDir,
        VOLTBUS_ADMIN_KEY: KEY,
        VOLTBUS_DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
        VOLTBUS_HTTP_PORT: '0',
        VOLTBUS_INTERNAL_PORT: '0',
        VOLTBUS_OCPP_PORT: '0',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      heard();
    });
  child.once('close', () => heard());
  await said('ready  ');
  ({ apiUrl, internalUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { apiUrl: string; internalUrl: string });
}

async function said(words: string): Promise<void> {
  while (!output.includes(words)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} and never said "${words}": ${output}`);
    await new Promise<void>((resolve) => (heard = resolve));
  }
}

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'close');
  rmSync(dataDir, { recursive: true, force: true });
});

function keptConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

async function ask(path: string, agent?: Agent): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${KEY}`, 'voltbus-tenant': 'default' };
  const request = get(`${apiUrl}${path}`, { headers, ...(agent === undefined ? {} : { agent }) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function read(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

async function readiness(): Promise<object> {
  const response = await fetch(`${internalUrl}/ready`);
  return { status: response.status, ...((await response.json()) as object) };
}

describe('a process with an HTTP API that is told to stop', () => {
  it('says that it is not ready, and goes on serving for its delay: old connections and new ones, with the word to close', async () => {
    await start({ VOLTBUS_STOP_DELAY_SECONDS: LONG, VOLTBUS_DRAIN_SECONDS: '3600' });
    const kept = keptConnection();
    const before = await ask('/v1/quick', kept);
    expect(before.headers.connection).toBe('keep-alive');
    await read(before);
    const slow = ask('/v1/slow');
    await said('slow begun');
    child.kill('SIGTERM');
    await said('"stopping"');
    expect(await readiness()).toEqual({ status: 503, ready: false, reasons: ['stopping'] });
    for (const agent of [kept, keptConnection()]) {
      const answer = await ask('/v1/quick', agent);
      expect([answer.statusCode, answer.headers.connection, await read(answer)]).toEqual([200, 'close', '{"quick":true}']);
    }
    child.kill('SIGUSR2');
    expect((await slow).headers.connection).toBe('close'); // it was asked before the signal
  });

  it('finishes what is in hand, ends event streams in order, lets idle connections go, and exits with 0', async () => {
    await start({ VOLTBUS_DRAIN_SECONDS: '3600' });
    const idle = keptConnection();
    await read(await ask('/v1/quick', idle));
    const stream = await ask('/v1/events', keptConnection());
    expect(stream.statusCode).toBe(200);
    const streamed = read(stream); // rejects when the connection is cut
    const slow = ask('/v1/slow', keptConnection());
    await said('slow begun');
    child.kill('SIGTERM');
    expect(await streamed).toMatch(/^retry: /);
    child.kill('SIGUSR2');
    const answer = await slow;
    expect([answer.statusCode, answer.headers.connection, await read(answer)]).toEqual([200, 'close', '{"slow":true}']);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
  });

  it('cuts at its deadline what never ends', async () => {
    await start({ VOLTBUS_DRAIN_SECONDS: '1' });
    const slow = ask('/v1/slow');
    const cut = expect(slow).rejects.toThrow('socket hang up');
    await said('slow begun');
    child.kill('SIGTERM');
    await cut;
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(0);
  });
});
