import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const GUARD = join(__dirname, 'guard-process.cjs');

/** A process that lives until a signal ends it; resolves when it lives. */
async function sleeper(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000); console.log("here")'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the guard', () => {
  it('ends what its parent left behind, and nothing that had ended before', async () => {
    const [left, other] = [await sleeper(), await sleeper()];
    const guard = spawn(process.execPath, [GUARD], { stdio: ['pipe', 'ignore', 'inherit'] });
    guard.stdin.write(`+${left.pid}\n+${other.pid}\n-`); // cut in the middle of a line
    guard.stdin.write(`${other.pid}\n`);
    const ended = once(left, 'exit');
    guard.stdin.end();
    expect(await ended).toEqual([null, 'SIGINT']);
    await once(guard, 'exit');
    const ours = once(other, 'exit');
    other.kill('SIGTERM');
    expect(await ours).toEqual([null, 'SIGTERM']); // and not the guard's SIGINT, which would have come first
  });
});
