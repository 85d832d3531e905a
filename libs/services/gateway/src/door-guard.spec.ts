import { DoorGuard } from './door-guard';
import { ADDRESS_REFUSALS, NETWORK_REFUSALS, PROVEN_ATTEMPTS, REMEMBER_TRIES_MS, SECOND_TRIES, STATION_ATTEMPTS } from './limits';

const station = (name: string) => ({ tenant: 'default', station: name });

function usedUp(address = '10.0.0.1'): DoorGuard {
  const guard = new DoorGuard();
  for (let at = 0; at < ADDRESS_REFUSALS.burst; at++) guard.refused(address, station(`guess-${at}`), 0);
  return guard;
}

describe('who comes too often', () => {
  it('in the name of one station without proving it is not asked about, while the same station comes from elsewhere', () => {
    const guard = new DoorGuard();
    for (let at = 0; at < STATION_ATTEMPTS.burst; at++) expect(guard.mayAsk('10.0.0.1', station('CS-1'), 0)).toBe(true);
    expect(guard.mayAsk('10.0.0.1', station('CS-1'), 0)).toBe(false);
    expect(guard.mayAsk('10.0.0.2', station('CS-1'), 0)).toBe(true);
    expect(guard.mayAsk('10.0.0.1', station('CS-2'), 0)).toBe(true);
    expect(guard.mayAsk('10.0.0.1', station('CS-1'), 1_000 / STATION_ATTEMPTS.perSecond)).toBe(true);
  });

  it('does not use up what a station may that proves itself; that is bounded too', () => {
    const guard = usedUp();
    for (let at = 0; at < STATION_ATTEMPTS.burst; at++) guard.mayAsk('10.0.0.1', station('CS-1'), 0);
    for (let at = 0; at < PROVEN_ATTEMPTS.burst; at++) expect(guard.admitsProven('10.0.0.1', station('CS-1'), 0)).toBe(true);
    expect(guard.admitsProven('10.0.0.1', station('CS-1'), 0)).toBe(false);
    expect(guard.admitsProven('10.0.0.1', station('CS-2'), 0)).toBe(true);
  });

  it('in ever new names is not asked about, except in a name that was let in from there before', () => {
    const guard = usedUp();
    guard.admitsProven('10.0.0.1', station('neighbour'), 0);
    expect(guard.mayAsk('10.0.0.1', station('guess'), 0)).toBe(false);
    expect(guard.hasRoom('10.0.0.1', 0)).toBe(false);
    expect(guard.mayAsk('10.0.0.1', station('neighbour'), 0)).toBe(true);
    expect(guard.mayAsk('10.0.0.2', station('guess'), 0)).toBe(true);
  });

  it('is asked about when it says its name again, and not when it was asked about already: a station knows its name, a guesser has ever new ones', () => {
    const guard = usedUp();
    expect(guard.mayAsk('10.0.0.1', station('new here'), 0)).toBe(false);
    expect(guard.mayAsk('10.0.0.1', station('new here'), 0)).toBe(true);
    guard.refused('10.0.0.1', station('new here'), 0);
    expect(guard.mayAsk('10.0.0.1', station('new here'), 0)).toBe(false);
    expect(guard.mayAsk('10.0.0.1', station('guess-1'), 0)).toBe(false);
    expect(guard.mayAsk('10.0.0.1', station('guess-1'), 0)).toBe(false);
  });

  it('has so many second tries and no more, and a first one is forgotten', () => {
    const guard = usedUp();
    const names = Array.from({ length: SECOND_TRIES.burst + 1 }, (_, index) => station(`again-${index}`));
    for (const name of names) guard.mayAsk('10.0.0.1', name, 0);
    expect(names.filter((name) => guard.mayAsk('10.0.0.1', name, 0))).toHaveLength(SECOND_TRIES.burst);
    const late = REMEMBER_TRIES_MS.turnedAway + 1;
    for (let at = 0; at < ADDRESS_REFUSALS.burst; at++) guard.refused('10.0.0.1', null, late);
    expect(guard.mayAsk('10.0.0.1', names[0] ?? station(''), late)).toBe(false);
  });

  it('from all over one network is counted together', () => {
    const guard = new DoorGuard();
    for (let at = 0; at < NETWORK_REFUSALS.burst; at++) guard.refused(`2001:db8:7:${at.toString(16)}::1`, station(`guess-${at}`), 0);
    expect(guard.mayAsk('2001:db8:7:ffff::1', station('guess'), 0)).toBe(false);
    expect(guard.mayAsk('2001:db8:8::1', station('guess'), 0)).toBe(true);
  });
});
