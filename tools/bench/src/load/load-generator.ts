import { join } from 'node:path';
import { OwnProcess } from '../own-process';
import type { LoadResult, LoadTask } from './load-tasks';

/** The load generator's process. */
export class LoadGenerator {
  private readonly process = new OwnProcess<LoadTask, { result?: LoadResult; error?: string }>(join(__dirname, 'load-process.js'));

  /** Rejects when a station was not answered as it must be: there is no number then. */
  async perform(task: LoadTask): Promise<LoadResult> {
    const { result, error } = await this.process.ask(task);
    if (result === undefined) throw new Error(error);
    return result;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
