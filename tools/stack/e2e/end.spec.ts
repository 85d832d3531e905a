import { startStack, type Stack } from '@voltbus/testing';

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the end of a stack', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ gateways: 1 });
  });
  afterAll(() => stack.stop());

  it('a process that died has no pid, and comes back on its ports', async () => {
    const [before] = stack.facts().gateways;
    stack.signal('gateway-1', 'SIGKILL');
    await until(() => stack.facts().gateways[0]?.pid === null);
    await stack.restart('gateway-1');
    const [after] = stack.facts().gateways;
    expect(after).toEqual({ ...before, pid: expect.any(Number) });
    expect(after?.pid).not.toBe(before?.pid);
  });

  it('kill -9 of the stack itself leaves nothing behind', async () => {
    const { gateways, processes, kafka, redis, postgres } = stack.facts();
    const pids = [...gateways, ...processes, kafka, redis, postgres].map(({ pid }) => pid ?? 0);
    expect(pids.filter(alive)).toHaveLength(pids.length);
    process.kill(stack.pid, 'SIGKILL');
    await until(() => pids.every((pid) => !alive(pid)));
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((next) => setTimeout(next, 50)); // Jest's timeout ends it
}
