import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Question } from './gateway-process';

const ANSWER_MS = 10_000;

/** The gateway's process, asked over its channel. It ends with ours. */
export class GatewayUnderTest {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<GatewayUnderTest> {
    const child = fork(join(__dirname, 'gateway-process.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { url } = await answerOf(child);
    return new GatewayUnderTest(child, url);
  }

  know(names: string[], keepsMessages: boolean): Promise<Answer> {
    return this.ask({ know: { names, keepsMessages } });
  }

  usage(): Promise<Answer> {
    return this.ask({ know: null });
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }

  private ask(question: Question): Promise<Answer> {
    this.child.send(question);
    return answerOf(this.child);
  }
}

async function answerOf(child: ChildProcess): Promise<Answer> {
  const [answer] = await once(child, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
  return answer as Answer; // our own process, which sends nothing else
}
