import type { StationSocket } from './socket';

/** No answer came before the timeout or the end of the connection. The message may have arrived. */
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

/** A station's answer to a call: a payload, an error code, or null for no answer at all. */
export type CallAnswer = { payload: object } | { error: string } | null;

export interface OcppConnectionOptions {
  socket: StationSocket;
  timeoutMs: number;
  nextId(): string;
  handleCall(action: string, payload: Record<string, unknown>): CallAnswer;
  /** Errors have four parts, or text where details belong (quirk 62). */
  misshapenErrors?: boolean;
  onAnswered?(action: string, latencyMs: number): void;
}

interface OpenCall {
  id: string;
  answer(payload: Record<string, unknown>): void;
  fail(error: Error): void;
}

/** A station's end of one connection. It has one CALL of its own open at a time, and answers the CSMS's calls meanwhile. */
export class OcppConnection {
  private openCall: OpenCall | null = null;
  private lastCall: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(private readonly options: OcppConnectionOptions) {}

  /** Sends a CALL after those before it have been answered; rejects with `NoAnswer` or `CallError`. */
  call(action: string, payload: object): Promise<Record<string, unknown>> {
    const call = this.lastCall.then(() => this.send(action, payload));
    this.lastCall = call.catch(() => undefined);
    return call;
  }

  /** Takes a frame from the CSMS. One that cannot be read is ignored: a station does not judge the CSMS. */
  receive(text: string): void {
    const frame = readFrame(text);
    if (frame === null) return;
    const [type, id, third, fourth] = frame;
    if (type === 2) return this.answerCall(id, String(third), isRecord(fourth) ? fourth : {});
    const { openCall } = this;
    if (openCall === null || openCall.id !== id) return;
    if (type === 3) openCall.answer(isRecord(third) ? third : {});
    else if (type === 4) openCall.fail(new CallError(String(third), String(fourth)));
  }

  end(): void {
    this.ended = true;
    this.openCall?.fail(new NoAnswer('the connection ended'));
  }

  private send(action: string, payload: object): Promise<Record<string, unknown>> {
    const id = this.options.nextId();
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      if (this.ended || !this.options.socket.send(JSON.stringify([2, id, action, payload]))) return reject(new NoAnswer('not connected'));
      const timer = setTimeout(() => this.openCall?.fail(new NoAnswer(`${action} unanswered`)), this.options.timeoutMs);
      const close = (): void => {
        clearTimeout(timer);
        this.openCall = null;
      };
      this.openCall = {
        id,
        answer: (answer) => {
          close();
          this.options.onAnswered?.(action, performance.now() - sentAt);
          resolve(answer);
        },
        fail: (error) => {
          close();
          reject(error);
        },
      };
    });
  }

  private answerCall(id: unknown, action: string, payload: Record<string, unknown>): void {
    const answer = this.options.handleCall(action, payload);
    if (answer === null) return;
    const error = (code: string): unknown[] => (this.options.misshapenErrors ? [4, id, code, 'no'] : [4, id, code, '', {}]);
    this.options.socket.send(JSON.stringify('error' in answer ? error(answer.error) : [3, id, answer.payload]));
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
