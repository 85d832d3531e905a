import { ApiKeyUses } from './api-key-uses';
import type { KeyUse } from './store/typeorm-api-keys';

const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

describe('uses of keys', () => {
  it('are written together, the last of each secret of a key; what could not be written is written later', async () => {
    const written: (readonly KeyUse[])[] = [];
    const failures: unknown[] = [];
    let failing = true;
    const used = (uses: readonly KeyUse[]): Promise<void> => {
      if (failing) return Promise.reject(away);
      written.push(uses);
      return Promise.resolve();
    };
    const uses = new ApiKeyUses({ store: { used }, failed: (error) => failures.push(error) });
    uses.note({ id: 'a', rotations: 0, at: new Date(1) });
    uses.note({ id: 'a', rotations: 0, at: new Date(2) });
    uses.note({ id: 'b', rotations: 0, at: new Date(3) });
    uses.note({ id: 'b', rotations: 1, at: new Date(5) });
    await uses.write();
    failing = false;
    uses.note({ id: 'b', rotations: 0, at: new Date(4) });
    await uses.stop();
    await uses.stop();
    expect(failures).toEqual([away]);
    expect(
      written.map((some) => [...some].sort((left, right) => left.id.localeCompare(right.id) || left.rotations - right.rotations)),
    ).toEqual([
      [
        { id: 'a', rotations: 0, at: new Date(2) },
        { id: 'b', rotations: 0, at: new Date(4) },
        { id: 'b', rotations: 1, at: new Date(5) },
      ],
    ]);
  });
});
