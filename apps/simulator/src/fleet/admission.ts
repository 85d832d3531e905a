import type { StationObserver } from '@voltbus/virtual-station';

/** Each station tries a URL at which nothing answers so often before it counts as turned away: the CSMS may be about to start. */
const UNREACHABLE_TRIES = 4;

const ADVICE: Readonly<Record<number, string>> = {
  400: 'the CSMS does not speak the version that the station offers, or does not know the URL',
  401: 'the CSMS does not know the station, or not with this password: --register makes both known, --password sets a password; or its certificate proves nothing there',
  403: 'the CSMS has blocked the station',
  404: 'there is nothing at this URL: --url is what stations append their identity to, with the tenant: ws://HOST:PORT/ocpp/TENANT',
  429: 'there are too many connections at once: the station tries again',
  503: 'the CSMS is starting, stopping or too busy: the station tries again',
};

/** Statuses after which the same attempt may succeed later. */
const TEMPORARY = [429, 503];

/** Observes which stations are admitted. Reports each kind of refusal once, with advice, and gives up when no station can be admitted any more. */
export class Admission {
  private readonly turnedAway = new Set<string>();
  private readonly unanswered = new Map<string, number>();
  private readonly reported = new Set<string>();
  private admitted = false;
  private readonly giveUp = new AbortController();

  constructor(
    private readonly stations: number,
    private readonly log: (text: string) => void,
  ) {}

  /** Is aborted when every station was turned away and none was ever admitted. */
  get signal(): AbortSignal {
    return this.giveUp.signal;
  }

  /** An observer of one station, which passes everything on to `observer`. */
  observe(identity: string, observer: StationObserver): StationObserver {
    return {
      ...observer,
      onConnected: () => {
        this.admitted = true;
        observer.onConnected?.();
      },
      onRefused: (status) => {
        observer.onRefused?.(status);
        this.refused(identity, status);
      },
      onUnreachable: (error) => {
        observer.onUnreachable?.(error);
        this.unreachable(identity, error);
      },
    };
  }

  private refused(identity: string, status: number): void {
    this.reportOnce(String(status), `${identity} was refused with ${status}: ${ADVICE[status] ?? "the CSMS's log may say why"}`);
    if (!TEMPORARY.includes(status)) this.turnAway(identity);
  }

  private unreachable(identity: string, { message }: Error): void {
    this.reportOnce('unreachable', `${identity} cannot connect (${message}): is the CSMS running, and --url right?`);
    const tries = (this.unanswered.get(identity) ?? 0) + 1;
    this.unanswered.set(identity, tries);
    if (tries >= UNREACHABLE_TRIES) this.turnAway(identity);
  }

  private turnAway(identity: string): void {
    this.turnedAway.add(identity);
    if (!this.admitted && this.turnedAway.size === this.stations) this.giveUp.abort();
  }

  private reportOnce(kind: string, text: string): void {
    if (this.reported.has(kind)) return;
    this.reported.add(kind);
    this.log(text);
  }
}
