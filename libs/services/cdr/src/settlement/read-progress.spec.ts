import { SLACK_MS, ReadProgress } from './read-progress';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');

/** Has read everything that was published before an instant. */
class Reader {
  looks = 0;
  until = NOW;
  readonly passed = (instant: number): Promise<boolean> => {
    this.looks++;
    return Promise.resolve(this.until >= instant);
  };
}

describe('events of tenants and stations before the end of a session', () => {
  it('are read when the service has read up to now', async () => {
    const reader = new Reader();
    const progress = new ReadProgress(reader.passed, () => NOW);
    expect(await progress.readBefore(NOW - 60_000)).toBe(false);
    reader.until = NOW + 1;
    expect(await progress.readBefore(NOW - 60_000)).toBe(true);
  });

  it('are not looked for again for an end that was published before, or shortly after', async () => {
    const reader = new Reader();
    reader.until = NOW + 1;
    const progress = new ReadProgress(reader.passed, () => NOW);
    await progress.readBefore(NOW);
    expect(await progress.readBefore(NOW - 3_600_000)).toBe(true);
    expect(await progress.readBefore(NOW + SLACK_MS)).toBe(true);
    expect(reader.looks).toBe(1);
    expect(await progress.readBefore(NOW + SLACK_MS + 2)).toBe(true);
    expect(reader.looks).toBe(2);
  });

  it('are looked for once by all partitions that wait at once, as after an outage', async () => {
    const reader = new Reader();
    const progress = new ReadProgress(reader.passed, () => NOW);
    expect(await Promise.all([progress.readBefore(NOW), progress.readBefore(NOW), progress.readBefore(NOW)])).toEqual([
      false,
      false,
      false,
    ]);
    expect(reader.looks).toBe(1);
  });

  it('are no longer taken for read when there is a backlog again', async () => {
    const reader = new Reader();
    let now = NOW;
    const progress = new ReadProgress(reader.passed, () => now);
    reader.until = NOW + 1;
    await progress.readBefore(NOW);
    now += 60_000;
    expect(await progress.readBefore(now)).toBe(false);
  });
});
