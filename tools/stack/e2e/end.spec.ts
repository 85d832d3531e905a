import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStack, startStack, until, type Stack, type StackFacts } from '@voltbus/testing';

/** A process: its pid may be another one's soon after its end, or a thread's. */
interface Running {
  pid: number;
  /** In ticks since the system began, which /proc tells; empty: there is none. */
  startedAt: string;
}
/** The place after the name of the program in `/proc/<pid>/stat`. */
const STARTED = 19;

function startedAt(pid: number): string {
  try {
    if (!existsSync('/proc/self/stat')) return String(process.kill(pid, 0)); // where the system does not tell, the id alone counts
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[STARTED] ?? '';
  } catch {
    return '';
  }
}
const alive = (one: Running): boolean => one.startedAt !== '' && startedAt(one.pid) === one.startedAt;

describe('a stack on its data folder', () => {
  let dataDir: string;
  let env: Record<string, string>;
  let stack: Stack;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'voltbus-stack-'));
    env = { VOLTBUS_DATA_DIR: dataDir };
    stack = await startStack({ gateways: 1, dataDir });
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('shows a dead process without a pid, and starts it again on its ports', async () => {
    const [before] = stack.facts().gateways;
    stack.signal('gateway-1', 'SIGKILL');
    await until('the dead gateway has no pid', () => stack.facts().gateways[0]?.pid === null);
    await stack.restart('gateway-1');
    const [after] = stack.facts().gateways;
    expect(after).toEqual({ ...before, pid: expect.any(Number) });
    expect(after?.pid).not.toBe(before?.pid);
  });

  it('refuses a second stack on the folder, which disturbs nothing', async () => {
    const before = stack.facts();
    expect(await runStack([], env)).toEqual({ code: 78, output: expect.stringContaining('runs on this data folder already') });
    expect(stack.facts()).toEqual(before);
    await stack.restart('kafka'); // on its data
    expect(stack.facts()).toEqual({ ...before, kafka: { ...before.kafka, pid: expect.any(Number) } });
  });

  it.each([
    [['restart', 'nobody'], 1, 'nothing here is called nobody'],
    [['--gateways', 'two'], 78, '--gateways two'],
  ])('names the wrong argument of %j', async (args, code, message) => {
    expect(await runStack(args, env)).toEqual({ code, output: expect.stringContaining(message) });
  });

  it('names every wrong setting before it starts a process', async () => {
    const { code, output } = await runStack([], { ...env, VOLTBUS_GATEWAYS: '2', VOLTBUS_LOG_LEVEL: 'loud' });
    expect(code).toBe(78);
    for (const name of ['VOLTBUS_GATEWAYS', 'VOLTBUS_LOG_LEVEL']) expect(output).toContain(name);
  });

  it('leaves no process behind after a kill -9 of the stack itself, and a new one starts at once on the same data', async () => {
    const killed = runningOf(stack.facts());
    expect(killed.filter(alive)).toEqual(killed);
    process.kill(stack.pid, 'SIGKILL');
    stack = await startStack({ gateways: 1, dataDir });
    await until('no process of the killed stack is alive', () => !killed.some(alive));
  });

  it('has stopped every process when `stop` returns', async () => {
    const stopped = runningOf(stack.facts());
    expect(await runStack(['stop'], env)).toEqual({ code: 0, output: '' });
    expect(stopped.filter(alive)).toEqual([]);
    expect(await runStack(['stop'], env)).toEqual({ code: 1, output: expect.stringContaining('no stack is running') });
  });
});

function runningOf({ gateways, processes, kafka, redis, postgres }: StackFacts): Running[] {
  return [...gateways, ...processes, kafka, redis, postgres].map(({ pid }) => ({ pid: pid ?? 0, startedAt: startedAt(pid ?? 0) }));
}
