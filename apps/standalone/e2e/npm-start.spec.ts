import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmStart } from '@voltbus/testing';

describe('npm start', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'voltbus-npm-start-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it.each([
    ['SIGTERM to npm alone', 'SIGTERM', 1],
    ['Ctrl-C, which the whole process group gets', 'SIGINT', -1],
  ] as const)('stops in order on %s', async (_name, signal, sign) => {
    const npm = npmStart(dataDir);
    await npm.printed('ready');
    process.kill(sign * npm.pid, signal);
    await npm.exit; // npm and the system have both let go of the output
    expect(npm.output()).toMatch(/"msg":"stopping"/);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('passes arguments on, and the exit code back', async () => {
    const npm = npmStart(dataDir, ['--nonsense']);
    expect(await npm.exit).toBe(78);
    expect(npm.output()).toContain('unknown argument --nonsense');
  });
});
