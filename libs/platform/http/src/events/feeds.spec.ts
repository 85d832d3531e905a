import type { StationRef } from '@voltbus/contracts';
import { Feed } from './feed';
import { Feeds } from './feeds';
import { StationNews } from './station-news';

const event = (json: string | null) => ({ type: 'cdr', json }) as const;

/** Positions that a feed can still tell. */
function told(feed: Feed): (number | 'forgotten')[] {
  const positions: (number | 'forgotten')[] = [];
  for (let position = 0; position < feed.position; position++) {
    const next = feed.after(position);
    positions.push(next === 'forgotten' || next === null ? 'forgotten' : next.position);
  }
  return positions;
}

describe('a feed', () => {
  it('keeps so many events, and knows what it has forgotten', () => {
    const feed = new Feed('ab', { keptEvents: 2 });
    for (const json of ['1', '2', '3']) feed.add(event(json), 1_000);
    expect(told(feed)).toEqual(['forgotten', 2, 3]);
    expect([feed.resume('ab-0'), feed.resume('ab-1'), feed.resume('ab-3'), feed.resume('ab-4'), feed.resume('cd-3')]).toEqual([
      null,
      1,
      3,
      null,
      null,
    ]);
  });

  it('keeps so many bytes, and the newest event however large', () => {
    const feed = new Feed('ab', { keptEvents: 10 });
    feed.add(event('x'.repeat(60)), 100);
    feed.add(event('x'.repeat(40)), 100);
    expect(told(feed)).toEqual([1, 2]);
    feed.add(event('x'), 100);
    expect(told(feed)).toEqual(['forgotten', 2, 3]);
    feed.add(event('x'.repeat(500)), 100);
    expect(told(feed)).toEqual(['forgotten', 'forgotten', 'forgotten', 4]);
  });

  it('says once that something cannot be told, until there is something again', () => {
    const feed = new Feed('ab', { keptEvents: 10 });
    for (const json of [null, null, '1', null]) feed.add(event(json), 100);
    expect(told(feed)).toEqual([1, 2, 3]);
  });
});

describe('the feeds of tenants', () => {
  const limits = { keptEvents: 10, keptBytes: 100, keptAloneMs: 1_000, keptAlone: 2 };

  it('are kept for a while when nobody listens any more, and count anew after that', () => {
    let now = 0;
    const feeds = new Feeds(limits, () => now);
    const first = feeds.join('acme');
    feeds.left('acme');
    feeds.tell('acme', event('1'));
    now = 1_000;
    expect(feeds.join('acme')).toBe(first);
    expect(first.position).toBe(1);
    feeds.left('acme');
    now = 2_001;
    feeds.sweep();
    expect(feeds.wanted('acme')).toBe(false);
    expect(feeds.join('acme').id).not.toBe(first.id);
  });

  it('that nobody listens to are so many: beyond, the one that was left first goes', () => {
    const feeds = new Feeds(limits, () => 0);
    feeds.join('watched').watch(() => undefined);
    for (const tenant of ['a', 'b', 'c']) {
      feeds.join(tenant);
      feeds.left(tenant);
    }
    feeds.left('watched');
    expect(['watched', 'a', 'b', 'c'].map((tenant) => feeds.wanted(tenant))).toEqual([true, false, true, true]);
  });

  it('share the bytes that may be kept', () => {
    const feeds = new Feeds(limits, () => 0);
    const [one, other] = [feeds.join('one'), feeds.join('other')];
    for (let count = 0; count < 2; count++) {
      feeds.tell('one', event('x'.repeat(30)));
      feeds.tell('other', event('x'.repeat(20)));
    }
    expect([told(one), told(other)]).toEqual([
      ['forgotten', 2],
      [1, 2],
    ]);
  });
});

describe('news of stations', () => {
  it('are read once for all that happened while another was read, and a flood beyond the bound is told as a gap', async () => {
    const read: string[] = [];
    const [toldOf, skipped]: [string[], string[]] = [[], []];
    let answer = (): void => undefined;
    const find = ({ station }: StationRef): Promise<object> => {
      read.push(station);
      return new Promise((resolve) => (answer = () => resolve({ station })));
    };
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const news = new StationNews({
      stations: { find },
      limits: { waitingStations: 2 },
      tell: (_tenant, json) => {
        toldOf.push(json);
        if (toldOf.length === 4) done();
        else setImmediate(() => answer());
      },
      skip: (tenant) => skipped.push(tenant),
    });
    for (const station of ['A', 'B', 'A', 'B', 'A', 'B', 'C']) news.changed({ tenant: 'acme', station });
    expect([read, skipped]).toEqual([['A'], ['acme']]);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    news.changed({ tenant: 'acme', station: 'C' });
    await all;
    expect([read, toldOf.length]).toEqual([['A', 'B', 'A', 'C'], 4]);
  });
});
