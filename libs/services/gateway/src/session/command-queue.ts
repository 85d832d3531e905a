import type { DownlinkCall } from '@voltbus/contracts';
import type { OpenSpan } from '@voltbus/telemetry';
import { MAX_QUEUED_COMMANDS } from '../limits';

/** A call to a station, from the downlink to its final result. */
export interface Command extends DownlinkCall {
  commandId: string;
  /** The command is not sent after this instant of `performance.now()`. */
  deadline: number;
  /** From the downlink to the final result; null while tracing is off. */
  span: OpenSpan | null;
}

const PRIORITIES = 10;

/** The commands that wait for one station, ordered by priority and then by arrival. Their number is bounded. */
export class CommandQueue {
  private readonly lanes: Command[][] = Array.from({ length: PRIORITIES }, () => []);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Returns false when the queue is full. */
  push(command: Command): boolean {
    if (this.count >= MAX_QUEUED_COMMANDS) return false;
    const lane = this.lanes[Math.max(0, Math.min(PRIORITIES - 1, Math.trunc(command.priority)))];
    lane?.push(command);
    this.count += 1;
    return true;
  }

  shift(): Command | undefined {
    for (const lane of this.lanes) {
      const command = lane.shift();
      if (command === undefined) continue;
      this.count -= 1;
      return command;
    }
    return undefined;
  }

  /** Takes out the commands whose deadline has passed. */
  takeExpired(now: number): Command[] {
    return this.takeWhere(({ deadline }) => deadline <= now);
  }

  takeAll(): Command[] {
    return this.takeWhere(() => true);
  }

  private takeWhere(test: (command: Command) => boolean): Command[] {
    if (this.count === 0) return [];
    const taken: Command[] = [];
    this.lanes.forEach((lane, index) => {
      taken.push(...lane.filter(test));
      this.lanes[index] = lane.filter((command) => !test(command));
    });
    this.count -= taken.length;
    return taken;
  }
}
