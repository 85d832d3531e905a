import type { Admin } from 'kafkajs';
import { setOffsets } from './set-offsets';

/** A cluster that takes offsets with the attempt of this number, and before it only says that it did. */
class ForgetfulAdmin implements Pick<Admin, 'setOffsets' | 'fetchOffsets'> {
  attempts = 0;
  private committed = '9';

  constructor(private readonly takesAt: number) {}

  async setOffsets({ partitions }: { partitions: { offset: string }[] }): Promise<void> {
    this.attempts += 1;
    if (this.attempts >= this.takesAt) this.committed = partitions[0]?.offset ?? '';
  }

  async fetchOffsets() {
    return [{ topic: 't', partitions: [{ partition: 3, offset: this.committed, metadata: null }] }];
  }
}

const WANTED = { groupId: 'cdr:t', topic: 't', partitions: [{ partition: 3, offset: '4' }] };

it('sets offsets again until the group has taken them', async () => {
  const admin = new ForgetfulAdmin(5);
  await setOffsets(admin, WANTED);
  expect(admin.attempts).toBe(5);
  expect(await admin.fetchOffsets()).toMatchObject([{ partitions: [{ offset: '4' }] }]);
});

it('gives up with the name of the group after five attempts', async () => {
  const admin = new ForgetfulAdmin(6);
  await expect(setOffsets(admin, WANTED)).rejects.toThrow('the group cdr:t did not take its offsets of t in 5 attempts');
  expect(admin.attempts).toBe(5);
});
