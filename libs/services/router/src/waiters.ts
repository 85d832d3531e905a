import type { BusRecord } from '@voltbus/bus';
import type { Command } from '@voltbus/contracts';
import type { TypeormCommands } from './store/typeorm-commands';

/** Most requests that wait at once in one process; beyond, the command is answered as it stands. */
export const MAX_WAITING = 2_000;
/** The rows are read as well: a word on the bus may be late, or from before this process listened. */
export const POLL_MS = 1_000;

interface Waiting {
  command: Command;
  end(command: Command | null): void;
}

/** Those who wait for a command to end. They hear it on the bus, or read it in the table. */
export class Waiters {
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

  /** The command when it has ended, or as it stands when the time is over. */
  async wait(command: Command, seconds: number): Promise<Command> {
    if (seconds <= 0 || this.count >= MAX_WAITING || this.closed) return command;
    const end = await this.endWithin(command, seconds * 1_000);
    return end ?? (await this.store.find(command.tenant, command.id)) ?? command;
  }

  /** What `csms.command-results.v1` says. */
  heard(record: BusRecord): void {
    const command = JSON.parse(record.value.toString('utf8')) as Command; // written by the router
    this.ended(command);
  }

  /** The process leaves: who still waits then is told how the command stands, before the connection is cut. */
  leaveWithin(ms: number): void {
    this.leaving = setTimeout(() => this.close(), ms).unref();
  }

  /** Lets everybody go, with the commands as they stand; nobody waits any more. */
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
      for (const command of await this.store.findEnded(keys)) this.ended(command);
    } catch (error) {
      this.failed(error);
    } finally {
      this.reading = false;
    }
  }

  private ended(command: Command): void {
    for (const one of this.waiting.get(keyOf(command)) ?? []) one.end(command);
  }
}

function keyOf({ tenant, id }: Command): string {
  return `${tenant}/${id}`;
}
