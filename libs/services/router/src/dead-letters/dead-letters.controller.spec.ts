import { COMMANDS, DEAD_LETTERS } from '@voltbus/contracts';
import { RouterApp } from '../testing/router-app';
import { MAX_LISTED_BYTES } from './typeorm-dead-letter-list';

let app: RouterApp;
beforeAll(async () => {
  app = await RouterApp.start();
});
afterAll(() => app?.close());

it('shows dead letters to the administrator, and replays them', async () => {
  await app.bus.publish(COMMANDS, { key: 'default/CS/1', value: Buffer.from('no request') });
  interface Letter {
    id: string;
    value: string;
    kind: string;
    replayedAt: string | null;
  }
  let items: Letter[] = [];
  while (items.length === 0) ({ items } = (await app.request<{ items: Letter[] }>('/v1/dead-letters')).body);
  expect(items[0]).toMatchObject({ value: 'no request', kind: 'poison', topic: COMMANDS.name, key: 'default/CS/1', replayedAt: null });
  const url = `/v1/dead-letters/${items[0]?.id}`;
  expect(await app.request(url, { tenant: 'other' })).toMatchObject({ status: 404 });
  expect(await app.request<Letter>(`${url}/replay`, { method: 'POST' })).toMatchObject({
    status: 202,
    body: { replayedAt: expect.any(String) },
  });
  expect((await app.request<Letter>(url)).body.replayedAt).not.toBeNull();
});

it('shows the beginning of large dead letters in lists, the whole of one, and does not replay what stayed in its topic', async () => {
  const origin = (offset: number) => ({ 'origin-topic': COMMANDS.name, 'origin-partition': '0', 'origin-offset': String(offset) });
  const large = Buffer.from('x'.repeat(MAX_LISTED_BYTES + 1));
  const key = 'default/large';
  await app.bus.publish(DEAD_LETTERS, { key, value: large, headers: origin(1_001) });
  await app.bus.publish(DEAD_LETTERS, { key, value: Buffer.alloc(0), headers: { ...origin(1_002), 'origin-left-behind': '1048577' } });
  interface Letter {
    id: string;
    key: string;
    offset: string;
    value: string;
    valueBytes: number;
  }
  const listed = async () => (await app.request<{ items: Letter[] }>('/v1/dead-letters')).body.items.filter((letter) => letter.key === key);
  let letters: Letter[] = [];
  while (letters.length < 2) letters = await listed();
  const of = (offset: string) => letters.find((letter) => letter.offset === offset);
  expect(of('1001')).toMatchObject({ valueBytes: large.length, value: 'x'.repeat(MAX_LISTED_BYTES) });
  expect((await app.request<Letter>(`/v1/dead-letters/${of('1001')?.id}`)).body.value).toHaveLength(large.length);
  const refused = await app.request<{ code: string }>(`/v1/dead-letters/${of('1002')?.id}/replay`, { method: 'POST' });
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

it.each(['not-a-uuid', '00000000-0000-0000-0000-000000000000'])('knows no dead letter %s', async (id) => {
  expect(await app.request(`/v1/dead-letters/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
});
