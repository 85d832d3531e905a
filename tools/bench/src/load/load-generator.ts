import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadResult, LoadTask } from './load-tasks';

/** The load generator's process. It ends with ours. */
export class LoadGenerator {
  private readonly child: ChildProcess = fork(join(__dirname, 'load-process.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  /** Rejects when a station was not answered as it must be: there is no number then. */
  async perform(task: LoadTask): Promise<LoadResult> {
    this.child.send(task);
    const [answer] = (await once(this.child, 'message')) as [{ result?: LoadResult; error?: string }]; // our own process sends nothing else
    if (answer.result === undefined) throw new Error(answer.error);
    return answer.result;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
