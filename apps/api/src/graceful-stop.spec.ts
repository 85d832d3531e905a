import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = 'k'.repeat(40);
/** Seconds that no test reaches. */
const LONG = '600';

let dataDir: string;
let child: ChildProcess;
let output = '';
let apiUrl: string;
let internalUrl: string;
let onOutput: () => void = () => undefined;
const agents: Agent[] = [];

async function start(settings: Readonly<Record<string, string>>): Promise<void> {
  dataDir = mkdtempSync(join(tmpdir(), 'voltbus-stop-'));
  output = '';
  child = spawn(
    process.execPath,
    ['-r', join(__dirname, '../../../libs/testing/src/run-typescript.cjs'), join(__dirname, 'testing/stopping-process.ts')],
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
      onOutput();
    });
  child.once('close', () => onOutput());
  await printed('ready  ');
  ({ apiUrl, internalUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { apiUrl: string; internalUrl: string });
}

async function printed(text: string): Promise<void> {
  while (!output.includes(text)) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode} and never printed "${text}": ${output}`);
    await new Promise<void>((resolve) => (onOutput = resolve));
  }
}

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'close');
  rmSync(dataDir, { recursive: true, force: true });
});

function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

async function request(path: string, agent?: Agent): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${KEY}`, 'voltbus-tenant': 'default' };
  const sent = get(`${apiUrl}${path}`, { headers, ...(agent === undefined ? {} : { agent }) });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
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

describe('a process with an HTTP API that is stopped', () => {
  it('is not ready, and goes on serving old and new connections for its delay, with Connection: close', async () => {
    await start({ VOLTBUS_STOP_DELAY_SECONDS: LONG, VOLTBUS_DRAIN_SECONDS: '3600' });
    const kept = keepAliveAgent();
    const before = await request('/v1/quick', kept);
    expect(before.headers.connection).toBe('keep-alive');
    await read(before);
    const slow = request('/v1/slow');
    await printed('slow begun');
    child.kill('SIGTERM');
    await printed('"stopping"');
    expect(await readiness()).toEqual({ status: 503, ready: false, reasons: ['stopping'] });
    for (const agent of [kept, keepAliveAgent()]) {
      const answer = await request('/v1/quick', agent);
      expect([answer.statusCode, answer.headers.connection, await read(answer)]).toEqual([200, 'close', '{"quick":true}']);
    }
    child.kill('SIGUSR2');
    expect((await slow).headers.connection).toBe('close'); // requested before the signal
  });

  it('finishes open requests, ends event streams in order, closes idle connections, and exits with 0', async () => {
    await start({ VOLTBUS_DRAIN_SECONDS: '3600' });
    const idle = keepAliveAgent();
    await read(await request('/v1/quick', idle));
    const stream = await request('/v1/events', keepAliveAgent());
    expect(stream.statusCode).toBe(200);
    const streamed = read(stream); // rejects when the connection is cut
    const slow = request('/v1/slow', keepAliveAgent());
    await printed('slow begun');
    child.kill('SIGTERM');
    expect(await streamed).toMatch(/^retry: /);
    child.kill('SIGUSR2');
    const answer = await slow;
    expect([answer.statusCode, answer.headers.connection, await read(answer)]).toEqual([200, 'close', '{"slow":true}']);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
  });

  it('cuts a request that never ends at its deadline', async () => {
    await start({ VOLTBUS_DRAIN_SECONDS: '1' });
    const slow = request('/v1/slow');
    const cut = expect(slow).rejects.toThrow('socket hang up');
    await printed('slow begun');
    child.kill('SIGTERM');
    await cut;
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(0);
  });
});
