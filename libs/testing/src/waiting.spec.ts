import { TopicRecorder } from './topic-recorder';
import { expectSoon, inBudget, until, within } from './waiting';

const SHORT_MS = 30;

describe('a wait of a test', () => {
  it('ends as soon as its condition holds', async () => {
    let looks = 0;
    await until('three looks', () => ++looks === 3);
    await expectSoon(() => expect(++looks).toBe(5));
    expect(await within('a value', Promise.resolve(7))).toBe(7);
  });

  it('says what did not happen when its time is up', async () => {
    await expect(until('the pump starts', () => false, SHORT_MS)).rejects.toThrow(`not within ${SHORT_MS} ms: the pump starts`);
    await expect(within('an answer', new Promise(() => undefined), SHORT_MS)).rejects.toThrow('an answer');
    await expect(expectSoon(() => expect(1).toBe(2), SHORT_MS)).rejects.toThrow('Expected: 2');
  });
});

describe('a topic recorder', () => {
  const record = (text: string) => ({ value: Buffer.from(text), offset: 1n }) as never; // all that `read` uses
  const texts = () => new TopicRecorder(({ value, offset }) => ({ text: value.toString(), offset }));

  it('finds messages that came before and messages that come later, for several waits at once', async () => {
    const recorder = texts();
    recorder.record(record('one'));
    const [second, both] = [recorder.first(({ text }) => text === 'two'), recorder.count(2)];
    recorder.record(record('two'));
    expect((await second).text).toBe('two');
    expect((await both).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('says what came instead of what was waited for', async () => {
    const recorder = texts();
    recorder.record(record('one'));
    await expect(recorder.count(2, SHORT_MS)).rejects.toThrow('2 messages did not come; there are 1: [{"text":"one","offset":"1"}]');
    await expect(recorder.first(() => false, 'the end', SHORT_MS)).rejects.toThrow('the end did not come');
    await expect(recorder.first(({ text }) => text === 'x', undefined, SHORT_MS)).rejects.toThrow("text === 'x'");
  });
});

describe('a predicate in a budget', () => {
  it('does no more work once the budget is spent', async () => {
    let examples = 0;
    const predicate = inBudget(async (ms: number) => {
      examples += 1;
      await new Promise((later) => setTimeout(later, ms));
    }, SHORT_MS);
    for (const ms of [SHORT_MS + 5, 1, 1]) await predicate(ms);
    expect(examples).toBe(1);
  });
});
