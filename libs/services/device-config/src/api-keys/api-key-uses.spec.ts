import { ApiKeyUses } from './api-key-uses';

const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

describe('uses of keys', () => {
  it('are written together, the last of each key; what could not be written is written later', async () => {
    const written: (readonly { id: string; at: Date }[])[] = [];
    const failures: unknown[] = [];
    let failing = true;
    const used = (uses: readonly { id: string; at: Date }[]): Promise<void> => {
      if (failing) return Promise.reject(away);
      written.push(uses);
      return Promise.resolve();
    };
    const uses = new ApiKeyUses({ store: { used }, failed: (error) => failures.push(error) });
    uses.note('a', new Date(1));
    uses.note('a', new Date(2));
    uses.note('b', new Date(3));
    await uses.write();
    failing = false;
    uses.note('b', new Date(4));
    await uses.stop();
    await uses.stop();
    expect(failures).toEqual([away]);
    expect(written.map((some) => [...some].sort((left, right) => left.id.localeCompare(right.id)))).toEqual([
      [
        { id: 'a', at: new Date(2) },
        { id: 'b', at: new Date(4) },
      ],
    ]);
  });
});
