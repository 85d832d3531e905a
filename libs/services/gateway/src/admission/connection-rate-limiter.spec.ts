import { ConnectionRateLimiter } from './connection-rate-limiter';
import {
  ADDRESS_REFUSALS,
  NETWORK_REFUSALS,
  AUTHENTICATED_ATTEMPTS,
  REMEMBER_ATTEMPTS_MS,
  SECOND_ATTEMPTS,
  STATION_ATTEMPTS,
} from '../limits';

const station = (name: string) => ({ tenant: 'default', station: name });

function usedUp(address = '10.0.0.1'): ConnectionRateLimiter {
  const guard = new ConnectionRateLimiter();
  for (let at = 0; at < ADDRESS_REFUSALS.burst; at++) guard.countRefusal(address, station(`guess-${at}`), 0);
  return guard;
}

describe('the limit of connection attempts', () => {
  it('is per station and address: others of either may still connect', () => {
    const guard = new ConnectionRateLimiter();
    for (let at = 0; at < STATION_ATTEMPTS.burst; at++) expect(guard.takeProfileRequest('10.0.0.1', station('CS-1'), 0)).toBe(true);
    expect(guard.takeProfileRequest('10.0.0.1', station('CS-1'), 0)).toBe(false);
    expect(guard.takeProfileRequest('10.0.0.2', station('CS-1'), 0)).toBe(true);
    expect(guard.takeProfileRequest('10.0.0.1', station('CS-2'), 0)).toBe(true);
    expect(guard.takeProfileRequest('10.0.0.1', station('CS-1'), 1_000 / STATION_ATTEMPTS.perSecond)).toBe(true);
  });

  it('is another one for a station that proves its password, whatever others have used up', () => {
    const guard = usedUp();
    for (let at = 0; at < STATION_ATTEMPTS.burst; at++) guard.takeProfileRequest('10.0.0.1', station('CS-1'), 0);
    for (let at = 0; at < AUTHENTICATED_ATTEMPTS.burst; at++) expect(guard.takeAuthenticated('10.0.0.1', station('CS-1'), 0)).toBe(true);
    expect(guard.takeAuthenticated('10.0.0.1', station('CS-1'), 0)).toBe(false);
    expect(guard.takeAuthenticated('10.0.0.1', station('CS-2'), 0)).toBe(true);
  });

  it('ends profile requests for ever new names from one address, but not for a name that was admitted from there before', () => {
    const guard = usedUp();
    guard.takeAuthenticated('10.0.0.1', station('neighbour'), 0);
    expect(guard.takeProfileRequest('10.0.0.1', station('guess'), 0)).toBe(false);
    expect(guard.allowsRefusal('10.0.0.1', 0)).toBe(false);
    expect(guard.takeProfileRequest('10.0.0.1', station('neighbour'), 0)).toBe(true);
    expect(guard.takeProfileRequest('10.0.0.2', station('guess'), 0)).toBe(true);
  });

  it('lets a name that comes again be requested once: a station repeats its name, a guesser invents new ones', () => {
    const guard = usedUp();
    expect(guard.takeProfileRequest('10.0.0.1', station('new here'), 0)).toBe(false);
    expect(guard.takeProfileRequest('10.0.0.1', station('new here'), 0)).toBe(true);
    guard.countRefusal('10.0.0.1', station('new here'), 0);
    expect(guard.takeProfileRequest('10.0.0.1', station('new here'), 0)).toBe(false);
    expect(guard.takeProfileRequest('10.0.0.1', station('guess-1'), 0)).toBe(false);
    expect(guard.takeProfileRequest('10.0.0.1', station('guess-1'), 0)).toBe(false);
  });

  it('bounds the second attempts of an address, and forgets first attempts after a while', () => {
    const guard = usedUp();
    const names = Array.from({ length: SECOND_ATTEMPTS.burst + 1 }, (_, index) => station(`again-${index}`));
    for (const name of names) guard.takeProfileRequest('10.0.0.1', name, 0);
    expect(names.filter((name) => guard.takeProfileRequest('10.0.0.1', name, 0))).toHaveLength(SECOND_ATTEMPTS.burst);
    const late = REMEMBER_ATTEMPTS_MS.limited + 1;
    for (let at = 0; at < ADDRESS_REFUSALS.burst; at++) guard.countRefusal('10.0.0.1', null, late);
    expect(guard.takeProfileRequest('10.0.0.1', names[0] ?? station(''), late)).toBe(false);
  });

  it('counts the refusals of a whole network together', () => {
    const guard = new ConnectionRateLimiter();
    for (let at = 0; at < NETWORK_REFUSALS.burst; at++) guard.countRefusal(`2001:db8:7:${at.toString(16)}::1`, station(`guess-${at}`), 0);
    expect(guard.takeProfileRequest('2001:db8:7:ffff::1', station('guess'), 0)).toBe(false);
    expect(guard.takeProfileRequest('2001:db8:8::1', station('guess'), 0)).toBe(true);
  });
});
