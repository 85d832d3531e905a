import { setTimeout as pause } from 'node:timers/promises';
import { PROTOCOLS, type Protocol } from '@voltbus/contracts';
import {
  BY_THE_BOOK,
  PERSONALITIES,
  VirtualStation,
  dialWebSocket,
  seededRandom,
  type Personality,
  type Random,
} from '@voltbus/virtual-station';
import type { Admission } from './admission';
import type { Tally } from './tally';

export interface FleetPlan {
  url: string;
  stations: number;
  /** A version, or `mix`: one after the other. */
  version: Protocol | 'mix';
  /** A personality's name, or `mix`. */
  personality: string;
  seed: number;
  minutes: number;
  passwordOf(identity: string): string | undefined;
  idToken: string;
}

/** Sessions last so long; a fleet of two minutes sees several of each station. */
const SESSION_SECONDS = { least: 8, most: 25 };
const READ_EVERY_SECONDS = 2;
/** Between a session and the next. */
const IDLE_SECONDS = { least: 1, most: 8 };
/** Stations come online over so long, not all at once. */
const ARRIVAL_SECONDS = 5;
/** How long the fleet may take at the end to deliver what is queued. */
const DELIVERY_MS = 60_000;

export interface Member {
  station: VirtualStation;
  protocol: Protocol;
  random: Random;
}

/** The identity of the n-th station: the same seed, the same fleet. */
export function identityOf(seed: number, index: number): string {
  return `SIM-${seed}-${String(index + 1).padStart(4, '0')}`;
}

export function buildFleet(plan: FleetPlan, tally: Tally, admission: Admission): Member[] {
  const chance = seededRandom(plan.seed);
  return Array.from({ length: plan.stations }, (_, index) => {
    const identity = identityOf(plan.seed, index);
    const protocol = plan.version === 'mix' ? (PROTOCOLS[index % PROTOCOLS.length] ?? 'ocpp1.6') : plan.version;
    const random = chance.fork(identity);
    const password = plan.passwordOf(identity);
    const target = { url: plan.url, identity, protocol, ...(password === undefined ? {} : { password }) };
    const personality = personalityOf(plan, index);
    const observer = admission.watch(identity, tally.of(personality.name));
    const station = new VirtualStation({ target, random, dial: dialWebSocket, personality, observer });
    return { station, protocol, random };
  });
}

/**
 * Every station charges again and again until the time is over, and once at least; then delivers what is left. `givenUp`: nobody is let in,
 * and all stop.
 */
export async function runFleet(
  plan: Pick<FleetPlan, 'minutes' | 'idToken'>,
  fleet: readonly Member[],
  givenUp: AbortSignal,
): Promise<void> {
  const end = Date.now() + plan.minutes * 60_000;
  await Promise.all(
    fleet.map(async ({ station, random }) => {
      await wait(random.between(0, ARRIVAL_SECONDS));
      station.start();
      await Promise.race([station.whenReady(), wait((end - Date.now()) / 1_000, givenUp)]);
      for (let first = true; !givenUp.aborted; first = false) {
        const wished = random.between(SESSION_SECONDS.least, SESSION_SECONDS.most);
        const fits = Date.now() + wished * 1_000 <= end;
        if (!fits && !first) break;
        const seconds = fits ? wished : SESSION_SECONDS.least;
        await station.charge({ idToken: plan.idToken, seconds, readEverySeconds: READ_EVERY_SECONDS });
        await wait(random.between(IDLE_SECONDS.least, IDLE_SECONDS.most));
      }
      await station.stop(givenUp.aborted ? 0 : DELIVERY_MS);
    }),
  );
}

function personalityOf({ personality }: FleetPlan, index: number): Personality {
  if (personality === 'mix') return PERSONALITIES[Math.floor(index / PROTOCOLS.length) % PERSONALITIES.length] ?? BY_THE_BOOK;
  const found = PERSONALITIES.find(({ name }) => name === personality);
  if (found === undefined)
    throw new Error(`no personality ${personality}; there are: mix, ${PERSONALITIES.map(({ name }) => name).join(', ')}`);
  return found;
}

/** So long, or until the signal. */
function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  return pause(Math.max(0, seconds) * 1_000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
