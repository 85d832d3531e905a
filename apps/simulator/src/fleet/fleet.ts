import { setTimeout as pause } from 'node:timers/promises';
import { PROTOCOLS, type Protocol } from '@voltbus/contracts';
import {
  BY_THE_BOOK,
  NAMED_PERSONALITIES,
  PERSONALITIES,
  VirtualStation,
  dialWebSocket,
  seededRandom,
  type Personality,
  type Random,
  type StationTls,
} from '@voltbus/virtual-station';
import type { Admission } from './admission';
import type { Tally } from './tally';

export interface FleetPlan {
  url: string;
  stations: number;
  /** A version, or `mix`: stations take turns. */
  version: Protocol | 'mix';
  /** A personality's name, or `mix`: stations take turns. */
  personality: string;
  seed: number;
  minutes: number;
  /** So far the stations' clocks are ahead, unless the personality has another clock. 0: they are right. */
  clockOffsetMs?: number;
  passwordOf(identity: string): string | undefined;
  tlsOf(identity: string): StationTls;
  idToken: string;
}

/** So short that a fleet of two minutes sees several sessions of each station. */
const SESSION_SECONDS = { least: 8, most: 25 };
const READ_EVERY_SECONDS = 2;
/** Between a session and the next. */
const IDLE_SECONDS = { least: 1, most: 8 };
/** Stations connect within this time, not all at once. */
const ARRIVAL_SECONDS = 5;
/** At the end, for the messages that are still queued. */
const DELIVERY_MS = 60_000;

export interface Member {
  station: VirtualStation;
  protocol: Protocol;
  random: Random;
}

type RunningMember = Pick<Member, 'random'> & { station: Pick<VirtualStation, 'start' | 'whenReady' | 'charge' | 'stop'> };

/** The identity of the n-th station: the same seed, the same fleet. */
export function identityOf(seed: number, index: number): string {
  return `SIM-${seed}-${String(index + 1).padStart(4, '0')}`;
}

export function buildFleet(plan: FleetPlan, tally: Tally, admission: Admission): Member[] {
  const fleetRandom = seededRandom(plan.seed);
  return Array.from({ length: plan.stations }, (_, index) => {
    const identity = identityOf(plan.seed, index);
    const protocol = plan.version === 'mix' ? (PROTOCOLS[index % PROTOCOLS.length] ?? 'ocpp1.6') : plan.version;
    const random = fleetRandom.fork(identity);
    const password = plan.passwordOf(identity);
    const target = { url: plan.url, identity, protocol, tls: plan.tlsOf(identity), ...(password === undefined ? {} : { password }) };
    const personality = personalityOf(plan, index);
    const observer = admission.observe(identity, tally.observerFor(personality.name));
    const station = new VirtualStation({ target, random, dial: dialWebSocket, personality, observer });
    return { station, protocol, random };
  });
}

/**
 * Every station charges again and again until the time is over, and once at least; then it delivers its queued messages. When `givenUp` is
 * aborted, as the CSMS admits nobody, all stations stop. When `ending` is aborted, the time is over.
 */
export async function runFleet(
  plan: Pick<FleetPlan, 'minutes' | 'idToken'>,
  fleet: readonly RunningMember[],
  { givenUp, ending }: { givenUp: AbortSignal; ending: AbortSignal },
): Promise<void> {
  const end = Date.now() + plan.minutes * 60_000;
  const running = new AbortController();
  // One listener for the whole fleet: a signal warns of a leak when each station adds its own.
  const whenGivenUp = new Promise<void>((resolve) =>
    givenUp.addEventListener('abort', () => resolve(), { once: true, signal: running.signal }),
  );
  await Promise.all(
    fleet.map(async ({ station, random }) => {
      await pause(random.between(0, ARRIVAL_SECONDS) * 1_000);
      station.start();
      await withinTime(end - Date.now(), [station.whenReady(), whenGivenUp]);
      for (let first = true; !givenUp.aborted; first = false) {
        const drawn = random.between(SESSION_SECONDS.least, SESSION_SECONDS.most);
        const fits = !ending.aborted && Date.now() + drawn * 1_000 <= end;
        if (!fits && !first) break;
        const seconds = fits ? drawn : SESSION_SECONDS.least;
        await station.charge({ idToken: plan.idToken, seconds, readEverySeconds: READ_EVERY_SECONDS });
        await pause(random.between(IDLE_SECONDS.least, IDLE_SECONDS.most) * 1_000);
      }
      await station.stop(givenUp.aborted ? 0 : DELIVERY_MS);
    }),
  );
  running.abort();
}

function personalityOf({ personality, clockOffsetMs = 0 }: FleetPlan, index: number): Personality {
  const found = namedPersonality(personality, index);
  return clockOffsetMs === 0 ? found : { clockOffsetMs, ...found };
}

function namedPersonality(personality: string, index: number): Personality {
  if (personality === 'mix') return PERSONALITIES[Math.floor(index / PROTOCOLS.length) % PERSONALITIES.length] ?? BY_THE_BOOK;
  const named = [...PERSONALITIES, ...NAMED_PERSONALITIES];
  const found = named.find(({ name }) => name === personality);
  if (found === undefined) throw new Error(`no personality ${personality}; there are: mix, ${named.map(({ name }) => name).join(', ')}`);
  return found;
}

/** Resolves with the first of the promises, or when the time is over. Leaves no timer behind. */
async function withinTime(ms: number, promises: readonly Promise<void>[]): Promise<void> {
  const decided = new AbortController();
  const timer = pause(Math.max(0, ms), undefined, { signal: decided.signal }).catch(() => undefined);
  await Promise.race([...promises, timer]);
  decided.abort();
}
