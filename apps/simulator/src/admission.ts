import type { StationObserver } from '@voltbus/virtual-station';

/** Nothing answers at the URL: tried so often by each station before the fleet gives up, for a CSMS may be about to start. */
const TRIES = 4;

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  400: 'the CSMS does not speak the version that it offers, or takes the URL for none of its own',
  401: 'the CSMS does not know the station, or not with this password: --register makes both known, --password says a password',
  403: 'the CSMS has blocked the station',
  404: 'there is nothing at this URL: --url is what stations append their identity to, with the tenant: ws://HOST:PORT/ocpp/TENANT',
  429: 'too many connections at once: they are tried again',
  503: 'the CSMS is starting, stopping or too busy: it is tried again',
};

/** Statuses that pass by themselves. */
const PASSING = [429, 503];

/** Watches who is let in. Tells of each kind of refusal at once, with what to do about it, and when it is clear that nobody will be let in. */
export class Admission {
  private readonly hopeless = new Set<string>();
  private readonly unanswered = new Map<string, number>();
  private readonly told = new Set<string>();
  private admitted = false;
  private readonly giveUp = new AbortController();

  constructor(
    private readonly stations: number,
    private readonly say: (text: string) => void,
  ) {}

  /** Aborted when every station was turned away, and none was ever let in. */
  get signal(): AbortSignal {
    return this.giveUp.signal;
  }

  /** `observer`, and what matters here, for one station. */
  watch(identity: string, observer: StationObserver): StationObserver {
    return {
      ...observer,
      connected: () => {
        this.admitted = true;
        observer.connected?.();
      },
      refused: (status) => {
        observer.refused?.(status);
        this.refused(identity, status);
      },
      unreachable: (error) => {
        observer.unreachable?.(error);
        this.unreachable(identity, error);
      },
    };
  }

  private refused(identity: string, status: number): void {
    this.tell(String(status), `${identity} was refused with ${status}: ${WHAT_TO_DO[status] ?? 'see what the CSMS says about it'}`);
    if (!PASSING.includes(status)) this.turnedAway(identity);
  }

  private unreachable(identity: string, { message }: Error): void {
    this.tell('unreachable', `${identity} cannot connect (${message}): is the CSMS running, and --url right?`);
    const tries = (this.unanswered.get(identity) ?? 0) + 1;
    this.unanswered.set(identity, tries);
    if (tries >= TRIES) this.turnedAway(identity);
  }

  private turnedAway(identity: string): void {
    this.hopeless.add(identity);
    if (!this.admitted && this.hopeless.size === this.stations) this.giveUp.abort();
  }

  private tell(kind: string, text: string): void {
    if (this.told.has(kind)) return;
    this.told.add(kind);
    this.say(text);
  }
}
