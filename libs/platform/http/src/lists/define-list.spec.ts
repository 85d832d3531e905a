import { Controller, Get, Module, Query } from '@nestjs/common';
import type { ListSlice, ListSource } from '@voltbus/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { z } from 'zod';
import { Needs } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { httpApi } from '../http-api';
import { TestApp } from '../testing/test-app';
import { instant, text } from '../values/values';
import { zodQuery } from '../requests/zod.pipes';
import { ApiList, PARTIAL_ITEMS } from './api-list';
import { MAX_TOTAL, defineList } from './define-list';
import { MAX_FILTER_VALUES, anyOf, oneOf, trueOrFalse } from './filters';

const colours = ['red', 'green', 'blue'] as const;
const list = defineList({
  item: z.object({ id: z.string(), colour: z.enum(colours), size: z.int(), rest: z.string() }),
  keys: ['id'],
  filters: {
    colour: oneOf(colours).optional(),
    name: anyOf(text.max(5)).optional(),
    lit: trueOrFalse.optional(),
    from: instant.optional(),
  },
  sorts: ['id', 'size'],
  defaultSort: '-size',
});
type Filters = Omit<z.output<typeof list.query>, 'limit' | 'cursor' | 'sort' | 'total' | 'fields'>;

let slices: ListSlice<Filters, 'id' | 'size'>[] = [];
let counted = 0;
const rows = [3, 2, 1].map((size) => ({ id: `i${size}`, colour: 'red', size, rest: 'more' }));
/** Three rows, of which each page begins behind the size of its position. */
const source: ListSource<object, Filters, 'id' | 'size'> = {
  read(slice) {
    slices.push(slice);
    const behind = rows.filter(({ size }) => size < Number(slice.after?.[0] ?? 9));
    const items = behind.slice(0, slice.limit);
    const last = items.at(-1);
    return Promise.resolve({ items, next: behind.length > slice.limit && last ? [String(last.size), last.id] : null });
  },
  count: (_filters, most) => Promise.resolve({ total: Math.min(counted, most), totalIsLowerBound: counted > most }),
};

@Controller('v1/things')
class Things {
  @Get()
  @Needs('stations:read', OF_TENANT)
  @ApiList(list)
  list(@Query(zodQuery(list.query)) query: z.output<typeof list.query>) {
    return list.page(query, source);
  }
}
@Module({ controllers: [Things] })
class ThingsModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app?.close());
beforeEach(() => (slices = []));

interface Body {
  items: object[];
  nextCursor: string | null;
  total?: number;
  totalIsLowerBound?: boolean;
  code?: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}
async function get(query: string) {
  const url = `/v1/things?${query}`;
  const { statusCode, payload, headers } = await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${TestApp.KEY}` } });
  return { status: statusCode, type: String(headers['content-type']), body: JSON.parse(payload) as Body };
}

describe('a list', () => {
  it('has its default order and no filters where nothing is given', async () => {
    expect((await get('')).body).toEqual({ items: rows, nextCursor: null });
    expect(slices).toEqual([{ filters: {}, sort: { by: 'size', descending: true }, limit: 50, after: null }]);
  });

  it.each([
    ['colour=red', { colour: ['red'] }],
    ['colour=red,blue', { colour: ['red', 'blue'] }],
    ['colour=red&colour=blue', { colour: ['red', 'blue'] }], // as clients of openapi-python-client send it
    ['name=a,b&name=c%5C%2Cd', { name: ['a', 'b', 'c,d'] }],
    ['name=a%5C%2Cb,c%5C%5C', { name: ['a,b', 'c\\'] }],
    ['name=%5Ca', { name: ['\\a'] }],
    ['lit=false&from=2026-01-01T01:00:00%2B01:00', { lit: false, from: '2026-01-01T00:00:00.000Z' }],
  ])('reads the filter %s', async (query, filters) => {
    expect((await get(query)).status).toBe(200);
    expect(slices[0]?.filters).toEqual(filters);
  });

  it('goes on by its cursor, whichever way the values of a filter are written', async () => {
    const { nextCursor } = (await get('colour=red,blue&limit=1')).body;
    expect((await get(`colour=red&colour=blue&limit=1&cursor=${nextCursor}`)).body.items).toEqual([rows[1]]);
  });

  it('follows the sort key that is given, in its direction', async () => {
    await get('sort=id');
    await get('sort=-id');
    expect(slices.map(({ sort }) => sort)).toEqual([
      { by: 'id', descending: false },
      { by: 'id', descending: true },
    ]);
  });

  it.each([
    ['colour=yellow', '/colour', 'yellow is none of red, green, blue'],
    ['colour=red,', '/colour', 'has an empty value'],
    ['colour=', '/colour', 'has an empty value'],
    ['name=toolong', '/name', 'toolong'],
    [`name=${'a,'.repeat(MAX_FILTER_VALUES)}a`, '/name', `has more than ${MAX_FILTER_VALUES} values`],
    [`name=a&`.repeat(MAX_FILTER_VALUES) + 'name=a', '/name', `has more than ${MAX_FILTER_VALUES} values`],
    ['colour=red&colour=', '/colour', 'has an empty value'],
    ['lit=true&lit=false', '/lit', 'is given more than once'],
    ['lit=yes', '/lit', 'is neither true nor false'],
    ['sort=colour', '/sort', 'is none of id, -id, size, -size'],
    ['sort=id,size', '/sort', 'is none of'],
    ['total=1', '/total', 'is neither true nor false'],
    ['fields=id,shape', '/fields', 'shape is no member: there are id, colour, size, rest'],
    ['colours=red', '/colours', 'is no parameter: there are colour, name, lit, from, limit, cursor, sort, total, fields'],
  ])('refuses %s with 400, and names what can be given', async (query, path, message) => {
    const { status, body } = await get(query);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad-request' });
    expect(body.errors).toMatchObject([{ in: 'query', path, message: expect.stringContaining(message) as string }]);
    expect(slices).toEqual([]);
  });

  it('names the allowed values for programs, too', async () => {
    expect((await get('colour=yellow')).body.errors).toMatchObject([{ allowed: ['red', 'green', 'blue'] }]);
    expect((await get('fields=shape')).body.errors).toMatchObject([{ allowed: ['id', 'colour', 'size', 'rest'] }]);
    expect((await get('sort=colour')).body.errors).toMatchObject([{ allowed: ['id', '-id', 'size', '-size'] }]);
  });

  it('answers the chosen members and the id, under a media type of its own', async () => {
    const chosen = await get('fields=colour,colour&limit=1');
    expect(chosen.type).toContain(PARTIAL_ITEMS);
    expect(chosen.body.items).toEqual([{ id: 'i3', colour: 'red' }]);
    expect((await get('')).type).toContain('application/json');
  });

  it.each([
    [3, { total: 3, totalIsLowerBound: false }],
    [MAX_TOTAL, { total: MAX_TOTAL, totalIsLowerBound: false }],
    [MAX_TOTAL + 1, { total: MAX_TOTAL, totalIsLowerBound: true }],
  ])('counts %d items only on request, and no further than its limit', async (many, total) => {
    counted = many;
    expect((await get('total=true')).body).toMatchObject(total);
    expect((await get('total=false')).body).not.toHaveProperty('total');
  });

  it('goes on behind its cursor, whatever the page size, the total and the members', async () => {
    const first = (await get('limit=1&colour=red&total=true')).body;
    const second = await get(`limit=2&colour=red&fields=size&cursor=${first.nextCursor}`);
    expect(second.body).toEqual({
      items: [
        { id: 'i2', size: 2 },
        { id: 'i1', size: 1 },
      ],
      nextCursor: null,
    });
    expect(slices[1]?.after).toEqual(['3', 'i3']);
  });

  it.each(['colour=red&sort=id', 'colour=red&sort=-size', 'colour=blue', ''])(
    'refuses its cursor with %j, another filter or order',
    async (query) => {
      const { nextCursor } = (await get('limit=1&colour=red')).body;
      const answer = await get(`${query}&cursor=${nextCursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
      expect(answer.body.errors?.[0]?.message).toContain('begin again without one');
    },
  );
});
