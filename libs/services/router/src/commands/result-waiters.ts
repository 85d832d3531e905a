import { AsyncLocalStorage } from 'node:async_hooks';
import type { Bus, Subscription } from '@voltbus/bus';
import { COMMAND_RESULTS, type Command } from '@voltbus/contracts';
import { receiveEvent } from '@voltbus/service';
import type { RouterTelemetry } from '../telemetry';
import type { TypeormCommands } from './store/typeorm-commands';

/** Most requests that wait at once in one process; beyond, the command is answered as it stands. */
const MAX_WAITING = 2_000;
/** The table is polled as well: an event may be late, or older than this process's subscription. */
const POLL_MS = 1_000;

interface ResultWaitersParts {
  store: Pick<TypeormCommands, 'find' | 'findEnded'>;
  bus: Pick<Bus, 'follow'>;
  telemetry: Pick<RouterTelemetry, 'workFailed'>;
}

interface Waiting {
  command: Command;
  end(command: Command | null): void;
}

/** Requests that wait for a command to end, which an event on the bus or a row of the table shows. */
export class ResultWaiters {
  private readonly waiting = new Map<string, Set<Waiting>>();
  private timer: NodeJS.Timeout | undefined;
  private reading = false;
  private count = 0;
  private closed = false;
  private leaving: NodeJS.Timeout | undefined;
  /** The table is read for all that wait, not for the request that began it. */
  private readonly detached = AsyncLocalStorage.snapshot();

  private events: Subscription | null = null;

  constructor(private readonly parts: ResultWaitersParts) {}

  /** Follows `csms.command-results.v1`. */
  async follow(): Promise<void> {
    this.events = await this.parts.bus.follow({
      name: 'command-waiters',
      topic: COMMAND_RESULTS,
      handle: (record) => {
        if (this.count > 0) this.onCommandEnded(receiveEvent(COMMAND_RESULTS.events.ended, record).data);
      },
    });
  }

  /** Returns the command when it has ended, or as it is when the time is over. */
  async wait(command: Command, seconds: number): Promise<Command> {
    if (seconds <= 0 || this.count >= MAX_WAITING || this.closed) return command;
    const end = await this.endWithin(command, seconds * 1_000);
    return end ?? (await this.parts.store.find(command.tenant, command.id)) ?? command;
  }

  onCommandEnded(command: Command): void {
    for (const one of this.waiting.get(keyOf(command)) ?? []) one.end(command);
  }

  /** The process stops: requests that still wait then are answered with the command as it is, before their connections are cut. */
  leaveWithin(ms: number): void {
    this.leaving = setTimeout(() => this.answerAll(), ms).unref();
  }

  /** Answers every request with its command as it is; no further request waits. */
  async close(): Promise<void> {
    this.answerAll();
    await this.events?.close();
  }

  private answerAll(): void {
    this.closed = true;
    clearTimeout(this.leaving);
    for (const some of this.waiting.values()) for (const one of some) one.end(null);
  }

  private endWithin(command: Command, ms: number): Promise<Command | null> {
    const key = keyOf(command);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        command,
        end: (end) => {
          clearTimeout(timer);
          this.remove(key, waiting);
          resolve(end);
        },
      };
      const timer = setTimeout(() => waiting.end(null), ms);
      this.waiting.set(key, (this.waiting.get(key) ?? new Set()).add(waiting));
      this.count += 1;
      this.timer ??= this.detached(() => setInterval(() => void this.read(), POLL_MS));
    });
  }

  private remove(key: string, waiting: Waiting): void {
    const some = this.waiting.get(key);
    if (some?.delete(waiting) !== true) return;
    this.count -= 1;
    if (some.size === 0) this.waiting.delete(key);
    if (this.count > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      const keys = [...this.waiting.values()].flatMap((some) => [...some].slice(0, 1).map(({ command }) => command));
      for (const command of await this.parts.store.findEnded(keys)) this.onCommandEnded(command);
    } catch (error) {
      this.parts.telemetry.workFailed('waiting', error);
    } finally {
      this.reading = false;
    }
  }
}

function keyOf({ tenant, id }: Command): string {
  return `${tenant}/${id}`;
}
