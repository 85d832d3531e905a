import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of the bench, asked over its channel. It ends with ours. */
export class OwnProcess<Question extends object | string, Answer> {
  private readonly child: ChildProcess;

  /** `answerMs`: the longest that it may take to answer; left out: as long as its work takes. */
  constructor(
    file: string,
    private readonly answerMs?: number,
  ) {
    this.child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  ask(question: Question): Promise<Answer> {
    this.child.send(question);
    return this.answer();
  }

  /** What it says next; also without a question, when it has begun. */
  async answer(): Promise<Answer> {
    const signal = this.answerMs === undefined ? undefined : AbortSignal.timeout(this.answerMs);
    const [answer] = await once(this.child, 'message', { signal });
    return answer as Answer; // our own process, which sends nothing else
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
