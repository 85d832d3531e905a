import { NEWS_SLACK_MS, NeighboursNews } from './neighbours-news';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');

/** Has handled everything that the bus took before an instant. */
class Reader {
  asked = 0;
  until = NOW;
  passed(instant: number): Promise<boolean> {
    this.asked++;
    return Promise.resolve(this.until >= instant);
  }
}

describe('what neighbours said before the end of a session', () => {
  it('is read when all of them are read up to now', async () => {
    const [stations, tenants] = [new Reader(), new Reader()];
    const news = new NeighboursNews([stations, tenants], () => NOW);
    stations.until = NOW + 1;
    expect(await news.readBefore(NOW - 60_000)).toBe(false);
    tenants.until = NOW + 1;
    expect(await news.readBefore(NOW - 60_000)).toBe(true);
  });

  it('is not asked for again for what was told before, nor shortly after', async () => {
    const reader = new Reader();
    reader.until = NOW + 1;
    const news = new NeighboursNews([reader], () => NOW);
    await news.readBefore(NOW);
    expect(await news.readBefore(NOW - 3_600_000)).toBe(true);
    expect(await news.readBefore(NOW + NEWS_SLACK_MS)).toBe(true);
    expect(reader.asked).toBe(1);
    expect(await news.readBefore(NOW + NEWS_SLACK_MS + 2)).toBe(true);
    expect(reader.asked).toBe(2);
  });

  it('is looked for once for all who ask at once, as every partition does after an outage', async () => {
    const reader = new Reader();
    const news = new NeighboursNews([reader], () => NOW);
    expect(await Promise.all([news.readBefore(NOW), news.readBefore(NOW), news.readBefore(NOW)])).toEqual([false, false, false]);
    expect(reader.asked).toBe(1);
  });

  it('is no longer taken for read when there is a backlog again', async () => {
    const reader = new Reader();
    let now = NOW;
    const news = new NeighboursNews([reader], () => now);
    reader.until = NOW + 1;
    await news.readBefore(NOW);
    now += 60_000;
    expect(await news.readBefore(now)).toBe(false);
  });
});
