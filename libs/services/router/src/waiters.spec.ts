import type { Command } from '@voltbus/contracts';
import { Waiters } from './waiters';

const command = { tenant: 'default', id: 'c', status: 'queued' } as Command; // what is not named here is not read
const sent: Command = { ...command, status: 'sent' };

describe('those who wait for a command', () => {
  it('are told how it stands when the process leaves, and nobody waits after that', async () => {
    const waiters = new Waiters({ find: () => Promise.resolve(sent), findEnded: () => Promise.resolve([]) }, () => undefined);
    const waiting = [waiters.wait(command, 3_600), waiters.wait(command, 3_600)];
    waiters.leaveWithin(1);
    expect(await Promise.all(waiting)).toEqual([sent, sent]);
    expect(await waiters.wait(command, 3_600)).toBe(command);
  });

  it('are let wait until then', async () => {
    const waiters = new Waiters({ find: () => Promise.resolve(sent), findEnded: () => Promise.resolve([]) }, () => undefined);
    waiters.leaveWithin(3_600_000);
    const waiting = waiters.wait(command, 3_600);
    const ended: Command = { ...command, status: 'accepted' as Command['status'] };
    waiters.heard({ value: Buffer.from(JSON.stringify(ended)) } as never); // only its value is read
    expect(await waiting).toEqual(ended);
    waiters.close();
  });
});
