/** How a station reaches its CSMS. */
interface NetworkProfile {
  url: string;
  /** Security profile of OCPP. */
  security: number;
}

/** Failed attempts with a network profile before the next one is tried (NetworkProfileConnectionAttempts). */
const ATTEMPTS = 3;
const FIRST_SLOT = 1;
const SLOTS = [1, 2, 3];

/** The network profiles of a station, and which it uses (B09, A05). A station of 1.6 has two: the one of before and the one that it was raised to. */
export class NetworkProfiles {
  private readonly profiles = new Map<number, NetworkProfile>();
  private order = [FIRST_SLOT];
  private slot = FIRST_SLOT;
  private failures = 0;

  constructor(
    first: NetworkProfile,
    /** It has what a security profile needs (A05.FR.02, FR.03). */
    private readonly isReady: (security: number) => boolean,
  ) {
    this.profiles.set(FIRST_SLOT, first);
  }

  get current(): NetworkProfile {
    const current = this.profiles.get(this.slot);
    if (current === undefined) throw new Error('a station uses a slot that it has');
    return current;
  }

  /** The first one is as the station was made. */
  get isFirst(): boolean {
    return this.slot === FIRST_SLOT;
  }

  get priority(): string {
    return this.order.join();
  }

  /** B09.FR.02, B09.FR.04. */
  set(slot: number, profile: NetworkProfile): 'Accepted' | 'Rejected' {
    if (!SLOTS.includes(slot) || this.order.includes(slot) || profile.security < this.current.security) return 'Rejected';
    this.profiles.set(slot, profile);
    return 'Accepted';
  }

  /** A05.FR.02, FR.03, FR.10: used from the next boot. */
  setPriority(text: string): 'Accepted' | 'Rejected' {
    const order = text.split(',').map(Number);
    const profiles = order.map((slot) => this.profiles.get(slot));
    const isGood = (profile: NetworkProfile | undefined) =>
      profile !== undefined && profile.security >= Math.min(this.current.security, 2) && this.isReady(profile.security);
    if (!profiles.every(isGood)) return 'Rejected';
    this.order = order;
    return 'Accepted';
  }

  /** 1.6 security whitepaper, A05.FR.01 to FR.05: used at once. */
  raise(security: number, url: string): 'Accepted' | 'Rejected' {
    if (!(security > this.current.security) || security > 3 || !this.isReady(security)) return 'Rejected';
    const slot = SLOTS.find((one) => one !== this.slot) ?? FIRST_SLOT;
    this.profiles.set(slot, { url, security });
    this.order = [slot, this.slot];
    this.boot();
    return 'Accepted';
  }

  boot(): void {
    this.slot = this.order[0] ?? this.slot;
    this.failures = 0;
  }

  /** Falls back to the next one when it has failed often enough. */
  onFailed(): void {
    if (++this.failures < ATTEMPTS || this.order.length < 2) return;
    this.slot = this.order[(this.order.indexOf(this.slot) + 1) % this.order.length] ?? this.slot;
    this.failures = 0;
  }

  /** A05.FR.06: those with a lower security profile are not used again. */
  onConnected(): void {
    this.failures = 0;
    const { security } = this.current;
    if (security > 1) this.order = this.order.filter((slot) => (this.profiles.get(slot)?.security ?? 0) >= security);
  }
}
