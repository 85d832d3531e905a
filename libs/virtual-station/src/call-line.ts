import type { Wire } from './wire';

/** Nothing came before the timeout, or the connection ended. The message may have arrived. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** The CSMS answered CALLERROR. */
export class CallError extends Error {
  override name = 'CallError';
  constructor(
    readonly code: string,
    description: string,
  ) {
    super(`${code}: ${description}`);
  }
}

/** What a station answers to a call it obeys, or the error it gives; null: nothing. */
export type Obedience = { payload: object } | { error: string } | null;

export interface CallLineOptions {
  wire: Wire;
  timeoutMs: number;
  nextId(): string;
  obey(action: string, payload: Record<string, unknown>): Obedience;
  /** Errors have four parts, or text where details belong (quirk 62). */
  misshapenErrors?: boolean;
  answered?(action: string, latencyMs: number): void;
}

interface Open {
  id: string;
  answer(payload: Record<string, unknown>): void;
  fail(error: Error): void;
}

/** A station's end of one connection: one CALL of its own at a time, the CSMS's calls answered meanwhile. */
export class CallLine {
  private open: Open | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(private readonly options: CallLineOptions) {}

  /** Waits its turn; rejects with `NoAnswer` or `CallError`. */
  call(action: string, payload: object): Promise<Record<string, unknown>> {
    const mine = this.turn.then(() => this.send(action, payload));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** A frame from the CSMS. One that cannot be read is ignored: judging is not a station's business. */
  receive(text: string): void {
    const frame = readFrame(text);
    if (frame === null) return;
    const [type, id, third, fourth] = frame;
    if (type === 2) return this.obey(id, String(third), isRecord(fourth) ? fourth : {});
    const { open } = this;
    if (open === null || open.id !== id) return;
    if (type === 3) open.answer(isRecord(third) ? third : {});
    else if (type === 4) open.fail(new CallError(String(third), String(fourth)));
  }

  end(): void {
    this.ended = true;
    this.open?.fail(new NoAnswer('the connection ended'));
  }

  private send(action: string, payload: object): Promise<Record<string, unknown>> {
    const id = this.options.nextId();
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      if (this.ended || !this.options.wire.send(JSON.stringify([2, id, action, payload]))) return reject(new NoAnswer('not connected'));
      const timer = setTimeout(() => this.open?.fail(new NoAnswer(`${action} unanswered`)), this.options.timeoutMs);
      const settled = (): void => {
        clearTimeout(timer);
        this.open = null;
      };
      this.open = {
        id,
        answer: (answer) => {
          settled();
          this.options.answered?.(action, performance.now() - sentAt);
          resolve(answer);
        },
        fail: (error) => {
          settled();
          reject(error);
        },
      };
    });
  }

  private obey(id: unknown, action: string, payload: Record<string, unknown>): void {
    const answer = this.options.obey(action, payload);
    if (answer === null) return;
    const error = (code: string): unknown[] => (this.options.misshapenErrors ? [4, id, code, 'no'] : [4, id, code, '', {}]);
    this.options.wire.send(JSON.stringify('error' in answer ? error(answer.error) : [3, id, answer.payload]));
  }
}

function readFrame(text: string): unknown[] | null {
  try {
    const frame: unknown = JSON.parse(text);
    return Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
