import type { Command } from '@voltbus/contracts';
import { ResultWaiters } from './result-waiters';

const command = { tenant: 'default', id: 'c', status: 'queued' } as Command; // the other members are not read
const sent: Command = { ...command, status: 'sent' };

const store = { find: () => Promise.resolve(sent), findEnded: () => Promise.resolve([]) };
const bus = { follow: () => Promise.reject(new Error('not followed')) };
const telemetry = { workFailed: () => undefined };

describe('requests that wait for the result of a command', () => {
  it('are answered with the command as it is when the process stops, and no request waits after that', async () => {
    const waiters = new ResultWaiters({ store, bus, telemetry });
    const waiting = [waiters.wait(command, 3_600), waiters.wait(command, 3_600)];
    waiters.leaveWithin(1);
    expect(await Promise.all(waiting)).toEqual([sent, sent]);
    expect(await waiters.wait(command, 3_600)).toBe(command);
  });

  it('wait until then', async () => {
    const waiters = new ResultWaiters({ store, bus, telemetry });
    waiters.leaveWithin(3_600_000);
    const waiting = waiters.wait(command, 3_600);
    const ended: Command = { ...command, status: 'accepted' as Command['status'] };
    waiters.onCommandEnded(ended);
    expect(await waiting).toEqual(ended);
    await waiters.close();
  });
});
