import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Run {
  child: ChildProcess;
  output(): string;
  /** Resolves when the process has printed the text. */
  printed(text: string): Promise<void>;
  exit: Promise<number | null>;
}

let dataDir: string;
let runs: Run[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'voltbus-run-'));
  runs = [];
});
afterEach(async () => {
  for (const { child } of runs) child.kill('SIGKILL');
  await Promise.all(runs.map(({ exit }) => exit));
  rmSync(dataDir, { recursive: true, force: true });
});

/** Nobody connects to this one: most of what is tested here needs no database. */
const NO_DATABASE = { VOLTBUS_DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none' };

function run(behaviour: string, environment: Record<string, string> = NO_DATABASE, args: string[] = []): Run {
  const child = spawn(
    process.execPath,
    [
      '-r',
      join(__dirname, '../../../../../libs/testing/src/run-typescript.cjs'),
      join(__dirname, 'testing/process-under-test.ts'),
      ...args,
    ],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        VOLTBUS_TEST_BEHAVIOUR: behaviour,
        VOLTBUS_DATA_DIR: dataDir,
        VOLTBUS_INTERNAL_PORT: '0',
        VOLTBUS_OCPP_PORT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const waiting = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (output.includes(text) && resolve());
      waiting.add(look);
      look();
      void exit.then((code) => reject(new Error(`it ended with ${code} and never printed "${text}": ${output}`)));
    });
  const one = { child, output: () => output, printed, exit };
  runs.push(one);
  return one;
}

const spoken = ({ output }: Run): string[] =>
  output()
    .split('\n')
    .filter((line) => /^(resource|work|listener) /.test(line));
const STARTED = ['resource started', 'work started', 'listener started'];
const STOPPED = ['listener stopped', 'work stopped', 'resource stopped'];

describe('a process', () => {
  it('prints in one line, and writes to run.json, the URLs under which it is ready, and stops in order on SIGTERM', async () => {
    const it = run('well');
    await it.printed('ready  ');
    const facts = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as Record<string, string>;
    expect(facts).toEqual({ pid: it.child.pid, internalUrl: expect.stringMatching(/^http:/), startedAt: expect.stringMatching(/Z$/) });
    expect(it.output()).toContain(
      `ready  health and metrics: ${facts['internalUrl']}  administrator's key: ${join(dataDir, 'admin-key')}\n`,
    );
    expect(it.output().split(facts['internalUrl'] ?? '')).toHaveLength(2); // it is printed once
    expect(it.output()).not.toContain(readFileSync(join(dataDir, 'admin-key'), 'utf8').trim());
    expect((await fetch(`${facts['internalUrl']}/ready`)).status).toBe(200);
    it.child.kill('SIGTERM');
    expect(await it.exit).toBe(0);
    expect(spoken(it)).toEqual([...STARTED, ...STOPPED]);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  });

  it('that gets a signal while it starts stops in order, and never prints that it is ready', async () => {
    const it = run('starts slowly'); // has started only after the signal
    await it.printed('work started');
    it.child.kill('SIGINT');
    expect(await it.exit).toBe(0);
    expect(it.output()).not.toContain('ready');
    expect(spoken(it)).toEqual([...STARTED, ...STOPPED]);
  });

  it('ends at its deadline, whatever does not stop', async () => {
    const it = run('does not stop', { ...NO_DATABASE, VOLTBUS_DRAIN_SECONDS: '1' });
    await it.printed('ready  ');
    it.child.kill('SIGTERM');
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain('did not stop in time');
  });

  it('ends at once on a second signal', async () => {
    const it = run('does not stop', { ...NO_DATABASE, VOLTBUS_DRAIN_SECONDS: '3600' });
    await it.printed('ready  ');
    it.child.kill('SIGTERM');
    await it.printed('listener stays');
    const again = setInterval(() => it.child.kill('SIGINT'), 100); // until it is no echo of the first
    expect(await it.exit).toBe(1);
    clearInterval(again);
  });

  it('takes a signal that comes twice at once for one: the terminal sends it, and npm passes it on', async () => {
    const it = run('well');
    await it.printed('ready  ');
    it.child.kill('SIGINT');
    it.child.kill('SIGTERM');
    expect(await it.exit).toBe(0);
    expect(spoken(it)).toEqual([...STARTED, ...STOPPED]);
  });

  it('that cannot start prints the reason, closes what it had opened and ends with 1', async () => {
    const it = run('cannot start');
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain('voltbus cannot start: Error: no work today');
    expect(spoken(it)).toEqual(['resource started', 'work started', ...STOPPED]);
  });

  it('with a defect that nobody caught logs it and ends with 1', async () => {
    const it = run('has a defect');
    expect(await it.exit).toBe(1);
    expect(it.output()).toMatch(/"level":60.*nobody thought of this.*a defect: leaving/);
  });

  it('is started once on a data folder', async () => {
    const first = run('well', {});
    await first.printed('ready  ');
    const second = run('well', {});
    expect(await second.exit).toBe(78);
    expect(second.output()).toContain(`in use by process ${first.child.pid}`);
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
  });

  it('names the folder to remove where its database has another past, and ends with 78', async () => {
    const it = run('finds an unknown schema', {});
    expect(await it.exit).toBe(78);
    expect(it.output()).toMatch(
      /voltbus cannot start:\n {2}- (\/.+\/postgres) holds a schema orders of another version.*: remove \1 to begin anew, or restore/,
    );
  });

  it('makes no demo of a data folder that holds something real', async () => {
    writeFileSync(join(dataDir, 'something'), '');
    const it = run('well', NO_DATABASE, ['--demo']);
    expect(await it.exit).toBe(78);
    expect(it.output()).toContain('not made by a demo');
  });

  it('makes no demo on a port that was named and is taken', async () => {
    const system = run('well', NO_DATABASE);
    await system.printed('ready  ');
    const { internalUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { internalUrl: string };
    const port = new URL(internalUrl).port;
    const demoDir = join(dataDir, 'beside');
    const named = run('well', { ...NO_DATABASE, VOLTBUS_DATA_DIR: demoDir, VOLTBUS_INTERNAL_PORT: port }, ['--demo']);
    expect(await named.exit).toBe(78);
    expect(named.output()).toContain(`port ${port} on 127.0.0.1 is in use`);
  });

  it('shows its help, whatever the other arguments are, and starts nothing', async () => {
    const it = run('well', {}, ['--help']);
    expect(await it.exit).toBe(0);
    expect(it.output()).toMatch(/npm start[^]*--demo[^]*--help/);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  });

  it('knows no other argument', async () => {
    const it = run('well', NO_DATABASE, ['--dmeo']);
    expect(await it.exit).toBe(78);
    expect(it.output()).toContain('--dmeo');
  });
});
