import { NetworkProfiles } from './network-profiles';

const made = (ready = true) => new NetworkProfiles({ url: 'ws://a', security: 1 }, () => ready);
const SECURE = { url: 'wss://a', security: 2 };

it('A05 is raised in a free slot, comes back by it after a boot, and uses no lower one again', () => {
  const network = made();
  expect([network.set(1, SECURE), network.set(9, SECURE), network.set(2, SECURE)]).toEqual(['Rejected', 'Rejected', 'Accepted']);
  expect([network.setPriority('3'), network.setPriority('2,1'), network.current.security]).toEqual(['Rejected', 'Accepted', 1]);
  network.boot();
  expect(network.current).toEqual(SECURE);
  network.onConnected();
  expect([network.priority, network.setPriority('1')]).toEqual(['2', 'Rejected']);
});

it('A05.FR.02 is refused without what the profile needs; 1.6 A05.FR.08: falls back after three attempts', () => {
  expect(made(false).raise(2, 'wss://a')).toBe('Rejected');
  const network = made();
  expect([network.raise(1, 'ws://a'), network.raise(4, 'ws://a'), network.raise(2, 'wss://a')]).toEqual([
    'Rejected',
    'Rejected',
    'Accepted',
  ]);
  for (const security of [2, 2, 1]) {
    network.onFailed();
    expect(network.current.security).toBe(security);
  }
});
