import type { Bus } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';

const EVERY_MS = 100;
/** A record that is not handled by then counts as lost. */
const SETTLE_MS = 90_000;
const LOOK_MS = 50;

export interface Waits {
  /** From the publish of a record to its first handling, ms: of the station that waited longest. */
  longestMs: number;
  lost: number;
  /** First handlings before that of an earlier record of the same key. */
  outOfOrder: number;
  twice: number;
}

/** Publishes keyed records at a steady pace and measures how long each waits until it is handled. */
export class Trickle {
  private readonly waiting = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private waits: Waits = nothing();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly topic: Topic,
    private readonly keys: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.publish(), EVERY_MS);
  }

  handled(text: string): void {
    const at = this.waiting.get(text);
    if (at === undefined) {
      this.waits.twice += 1;
      return;
    }
    this.waiting.delete(text);
    const [key = '', number] = text.split(':');
    if (Number(number) < (this.last.get(key) ?? -1)) this.waits.outOfOrder += 1;
    this.last.set(key, Number(number));
    this.waits.longestMs = Math.max(this.waits.longestMs, performance.now() - at);
  }

  /** Returns the waits since the last call; first waits for all records published until now. */
  async takeWaits(): Promise<Waits> {
    const published = [...this.waiting.keys()];
    const open = (): string[] => published.filter((text) => this.waiting.has(text));
    for (const end = performance.now() + SETTLE_MS; open().length > 0 && performance.now() < end;)
      await new Promise((later) => setTimeout(later, LOOK_MS));
    const lost = open().length;
    for (const text of open()) this.waiting.delete(text);
    const { waits } = this;
    this.waits = nothing();
    return { ...waits, lost };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private publish(): void {
    const round = this.count++;
    for (let n = 0; n < this.keys; n++) {
      const text = `bench/${n}:${round}`;
      this.waiting.set(text, performance.now());
      this.bus.publish(this.topic, { key: `bench/${n}`, value: Buffer.from(text) }).catch(() => undefined); // never handled: counted as lost
    }
  }
}

function nothing(): Waits {
  return { longestMs: 0, lost: 0, outOfOrder: 0, twice: 0 };
}
