import { CallError, NoAnswer } from './ocpp-connection';

/** A transaction message that waits for delivery. Its payload is built when it is sent: after an offline 1.6 start the transaction id comes late. */
export interface QueuedMessage {
  action: string;
  payload(): object;
  /** The CSMS answered. Throws `NoAnswer` when the answer was to another message: this one is sent again. */
  onDelivered(answer: Record<string, unknown>): void;
  /** The message was given up or pushed out; the CSMS will never receive it. */
  onLost(reason: 'discarded' | 'queue-full'): void;
  /** A reading in the middle: the first to go when the queue is full (2.x E04.FR.07 drops these, never start or end). */
  expendable: boolean;
}

interface DeliveryOptions {
  /** Small real stations keep about a hundred messages. */
  capacity: number;
  /** `TransactionMessageAttempts`: so many CALLERRORs end the attempts. A missing answer is never counted. */
  attempts: number;
  /** `TransactionMessageRetryInterval`, milliseconds; multiplied by the attempts so far. */
  retryMs: number;
  /** How often every message is sent although it was answered; to the CSMS this looks like a lost answer. */
  sendCount: number;
  pause(ms: number): Promise<void>;
}

type Call = (action: string, payload: object) => Promise<Record<string, unknown>>;

/** Delivers transaction messages in order and across disconnections, each with a new message id until it is answered. Bounded. */
export class DeliveryQueue {
  private readonly messages: QueuedMessage[] = [];
  private call: Call | null = null;
  private running = false;
  private emptyWaiters: (() => void)[] = [];

  constructor(private readonly options: DeliveryOptions) {}

  get length(): number {
    return this.messages.length;
  }

  add(message: QueuedMessage): void {
    this.messages.push(message);
    if (this.messages.length > this.options.capacity) this.dropOne();
    void this.run();
  }

  /** Transaction messages may be sent by this call. Null: they may not, as the station is offline or not accepted. */
  sendThrough(call: Call | null): void {
    this.call = call;
    void this.run();
  }

  async whenEmpty(): Promise<void> {
    if (this.messages.length > 0) await new Promise<void>((resolve) => this.emptyWaiters.push(resolve));
  }

  private dropOne(): void {
    const expendable = this.messages.findIndex((message, index) => message.expendable && !(this.running && index === 0));
    const [dropped] = this.messages.splice(expendable === -1 ? this.messages.length - 1 : expendable, 1);
    dropped?.onLost('queue-full');
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let head = this.messages[0]; head !== undefined && this.call !== null; head = this.messages[0]) {
      if (await this.deliver(head, this.call)) this.messages.shift();
    }
    this.running = false;
    if (this.messages.length === 0) for (const wake of this.emptyWaiters.splice(0)) wake();
  }

  /** True when the message is done with; false when the connection ended before. */
  private async deliver(message: QueuedMessage, call: Call): Promise<boolean> {
    for (let attempt = 1; this.call === call; attempt++) {
      try {
        const answer = await call(message.action, message.payload());
        message.onDelivered(answer);
        await this.sendAgain(message, call);
        return true;
      } catch (error) {
        if (error instanceof CallError && attempt >= this.options.attempts) {
          message.onLost('discarded');
          return true;
        }
        if (!(error instanceof CallError) && !(error instanceof NoAnswer)) throw error;
      }
      if (this.call === call) await this.options.pause(this.options.retryMs * attempt);
    }
    return false;
  }

  private async sendAgain(message: QueuedMessage, call: Call): Promise<void> {
    for (let sent = 1; sent < this.options.sendCount; sent++) await call(message.action, message.payload()).catch(() => undefined);
  }
}
