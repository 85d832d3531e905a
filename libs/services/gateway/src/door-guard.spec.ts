import { DoorGuard, sourceOf } from './door-guard';
import { ADDRESS_REFUSALS, STATION_ATTEMPTS } from './limits';

const station = (name: string) => ({ tenant: 'default', station: name });

describe('who comes too often', () => {
  it('in the name of one station is not looked at, while the same station comes in from elsewhere', () => {
    const guard = new DoorGuard();
    for (let at = 0; at < STATION_ATTEMPTS.burst; at++) expect(guard.admits('10.0.0.1', station('CS-1'), 0)).toBe(true);
    expect(guard.admits('10.0.0.1', station('CS-1'), 0)).toBe(false);
    expect(guard.admits('10.0.0.2', station('CS-1'), 0)).toBe(true);
    expect(guard.admits('10.0.0.1', station('CS-2'), 0)).toBe(true);
    expect(guard.admits('10.0.0.1', station('CS-1'), 1_000 / STATION_ATTEMPTS.perSecond)).toBe(true);
  });

  it('in ever new names is not looked at, except in a name that was let in from there before', () => {
    const guard = new DoorGuard();
    guard.welcomed('10.0.0.1', station('neighbour'));
    for (let at = 0; at < ADDRESS_REFUSALS.burst; at++) guard.refused('10.0.0.1', 0);
    expect(guard.admits('10.0.0.1', station('guess'), 0)).toBe(false);
    expect(guard.admits('10.0.0.1', null, 0)).toBe(false);
    expect(guard.admits('10.0.0.1', station('neighbour'), 0)).toBe(true);
    expect(guard.admits('10.0.0.2', station('guess'), 0)).toBe(true);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::99', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['192.0.2.7', '192.0.2.7'],
  ])('from %s counts as %s: one network has 2^64 addresses', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
