import type { BusRecord } from '@voltbus/bus';
import type { Command } from '@voltbus/contracts';
import type { TypeormCommands } from './store/typeorm-commands';

/** Most requests that wait at once in one process; beyond, the command is answered as it stands. */
export const MAX_WAITING = 2_000;
/** The table is polled as well: an event may be late, or older than this process's subscription. */
export const POLL_MS = 1_000;

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

  constructor(
    private readonly store: Pick<TypeormCommands, 'find' | 'findEnded'>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Returns the command when it has ended, or as it is when the time is over. */
  async wait(command: Command, seconds: number): Promise<Command> {
    if (seconds <= 0 || this.count >= MAX_WAITING || this.closed) return command;
    const end = await this.endWithin(command, seconds * 1_000);
    return end ?? (await this.store.find(command.tenant, command.id)) ?? command;
  }

  /** `csms.command-results.v1`: a command has ended. */
  onCommandEnded(record: BusRecord): void {
    this.resolve(JSON.parse(record.value.toString('utf8')) as Command); // only the router writes this topic
  }

  /** The process stops: requests that still wait then are answered with the command as it is, before their connections are cut. */
  leaveWithin(ms: number): void {
    this.leaving = setTimeout(() => this.close(), ms).unref();
  }

  /** Answers every request with its command as it is; no further request waits. */
  close(): void {
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
      this.timer ??= setInterval(() => void this.read(), POLL_MS);
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
      for (const command of await this.store.findEnded(keys)) this.resolve(command);
    } catch (error) {
      this.failed(error);
    } finally {
      this.reading = false;
    }
  }

  private resolve(command: Command): void {
    for (const one of this.waiting.get(keyOf(command)) ?? []) one.end(command);
  }
}

function keyOf({ tenant, id }: Command): string {
  return `${tenant}/${id}`;
}
