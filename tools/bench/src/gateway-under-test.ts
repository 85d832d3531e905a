import { join } from 'node:path';
import type { Answer, Question } from './gateway-process';
import { OwnProcess } from './own-process';

const ANSWER_MS = 10_000;

/** The gateway's process. */
export class GatewayUnderTest {
  private constructor(
    private readonly process: OwnProcess<Question, Answer>,
    readonly url: string,
  ) {}

  static async start(): Promise<GatewayUnderTest> {
    const gateway = new OwnProcess<Question, Answer>(join(__dirname, 'gateway-process.js'), ANSWER_MS);
    const { url } = await gateway.answer();
    return new GatewayUnderTest(gateway, url);
  }

  know(names: string[], keepsMessages: boolean): Promise<Answer> {
    return this.process.ask({ know: { names, keepsMessages } });
  }

  usage(): Promise<Answer> {
    return this.process.ask({ know: null });
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
