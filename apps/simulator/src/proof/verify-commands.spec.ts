import type { Command } from '@voltbus/contracts';
import { verifyCommands } from './verify-commands';

const outcome = (id: string, status: Command['status']) => ({ id, status });
const verified = (stored: ReturnType<typeof outcome>[], published: ReturnType<typeof outcome>[] | null) => {
  const verdict = verifyCommands([{ id: 'c', station: 's' }], new Map(stored.map((one) => [one.id, one])), published);
  return [verdict.lost.length, verdict.doubled.length, verdict.wrong.length, [...verdict.outcomes]];
};

describe('the verdict on commands', () => {
  const answered = outcome('c', 'answered');

  it.each([
    ['one outcome, published once', [answered], [answered, outcome('other', 'offline')], [0, 0, 0, [['answered', 1]]]],
    ['one outcome, the topic not read', [answered], null, [0, 0, 0, [['answered', 1]]]],
    ['never stored', [], null, [1, 0, 0, []]],
    ['still under way', [outcome('c', 'sent')], null, [1, 0, 0, []]],
    ['not published', [answered], [], [1, 0, 0, [['answered', 1]]]],
    ['published twice', [answered], [answered, answered], [0, 1, 0, [['answered', 1]]]],
    ['published with another outcome', [answered], [outcome('c', 'expired')], [0, 0, 1, [['answered', 1]]]],
  ])('%s', (_what, stored, published, expected) => {
    expect(verified(stored, published)).toEqual(expected);
  });
});
