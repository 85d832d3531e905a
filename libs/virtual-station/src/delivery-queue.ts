import { CallError, NoAnswer } from './call-line';

/** A transaction message waiting to be delivered. Its payload is made when it is sent: an offline 1.6 start learns its transaction id late. */
export interface Parcel {
  action: string;
  payload(): object;
  /** The CSMS answered. Throws `NoAnswer` when that was no answer to this: it is sent again. */
  delivered(answer: Record<string, unknown>): void;
  /** Given up or pushed out: nobody will ever know of it. */
  lost(why: 'discarded' | 'queue-full'): void;
  /** A reading in the middle: the first to go when memory is short (2.x E04.FR.07 drops these, never start or end). */
  expendable: boolean;
}

export interface DeliveryOptions {
  /** Small real stations keep about a hundred. */
  capacity: number;
  /** `TransactionMessageAttempts`: CALLERRORs a message survives. Silence is never counted. */
  attempts: number;
  /** `TransactionMessageRetryInterval`, milliseconds; multiplied by the attempts so far. */
  retryMs: number;
  /** Every message is said so many times although it was answered (a lost answer, seen from the CSMS). */
  times: number;
  pause(ms: number): Promise<void>;
}

type Call = (action: string, payload: object) => Promise<Record<string, unknown>>;

/** Transaction messages in order, across disconnections, retried with a new message id until answered; bounded. */
export class DeliveryQueue {
  private readonly parcels: Parcel[] = [];
  private line: Call | null = null;
  private running = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: DeliveryOptions) {}

  get length(): number {
    return this.parcels.length;
  }

  add(parcel: Parcel): void {
    this.parcels.push(parcel);
    if (this.parcels.length > this.options.capacity) this.makeRoom();
    void this.run();
  }

  /** The station may send transaction messages over this; null: it may not (offline, not accepted). */
  through(call: Call | null): void {
    this.line = call;
    void this.run();
  }

  /** Resolves when nothing waits any more. */
  async empty(): Promise<void> {
    if (this.parcels.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private makeRoom(): void {
    const expendable = this.parcels.findIndex((parcel, index) => parcel.expendable && !(this.running && index === 0));
    const [dropped] = this.parcels.splice(expendable === -1 ? this.parcels.length - 1 : expendable, 1);
    dropped?.lost('queue-full');
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let head = this.parcels[0]; head !== undefined && this.line !== null; head = this.parcels[0]) {
      if (await this.deliver(head, this.line)) this.parcels.shift();
    }
    this.running = false;
    if (this.parcels.length === 0) for (const wake of this.idle.splice(0)) wake();
  }

  /** True when the parcel is done with; false when the connection ended under it. */
  private async deliver(parcel: Parcel, line: Call): Promise<boolean> {
    for (let attempt = 1; this.line === line; attempt++) {
      try {
        const answer = await line(parcel.action, parcel.payload());
        parcel.delivered(answer);
        await this.repeat(parcel, line);
        return true;
      } catch (error) {
        if (error instanceof CallError && attempt >= this.options.attempts) {
          parcel.lost('discarded');
          return true;
        }
        if (!(error instanceof CallError) && !(error instanceof NoAnswer)) throw error;
      }
      if (this.line === line) await this.options.pause(this.options.retryMs * attempt);
    }
    return false;
  }

  private async repeat(parcel: Parcel, line: Call): Promise<void> {
    for (let again = 1; again < this.options.times; again++) await line(parcel.action, parcel.payload()).catch(() => undefined);
  }
}
