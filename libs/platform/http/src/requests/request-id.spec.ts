import { connect } from 'node:net';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openLog } from '@voltbus/telemetry';
import { Needs } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';

interface Line {
  msg: string;
  requestId?: string;
}
const lines: Line[] = [];
const log = openLog({ process: 'api', pod: 'pod', level: 'info', to: { write: (line) => void lines.push(JSON.parse(line) as Line) } });

let goOn: () => void = () => undefined;

@Controller()
class Speaking {
  @Post('speak')
  @Needs('stations:read', OF_TENANT)
  speak(@Body() { word }: { word: string }) {
    log.info({}, word);
    return {};
  }

  @Post('begin')
  @Needs('stations:read', OF_TENANT)
  begin() {
    // what goes on after the answer is no part of the request
    void new Promise<void>((resolve) => (goOn = resolve)).then(() => log.info({}, 'afterwards'));
    return {};
  }

  @Get('fail')
  @Needs('stations:read', OF_TENANT)
  fail() {
    throw new Error('a defect');
  }
}
@Module({ controllers: [Speaking] })
class SpeakingModule {}

let app: NestFastifyApplication;
let url: URL;
beforeAll(async () => {
  app = await httpApi.create({ module: SpeakingModule }, { logger: false }, { settings: TestApp.settings(), logger: log });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = new URL(await app.getUrl());
});
afterAll(() => app.close());
beforeEach(() => void lines.splice(0));

async function send(path: string, requestId: string | null, body?: object) {
  const headers = {
    authorization: `Bearer ${TestApp.KEY}`,
    'content-type': 'application/json',
    ...(requestId === null ? {} : { 'x-request-id': requestId }),
  };
  const answer = await fetch(new URL(path, url), {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { id: answer.headers.get('x-request-id'), body: (await answer.json()) as { requestId?: string } };
}

describe('the id of a request', () => {
  it("is the caller's where that is acceptable, else a new one, in the header and in the problem", async () => {
    expect(await send('/v1/nowhere', 'job-7/step:2')).toMatchObject({ id: 'job-7/step:2', body: { requestId: 'job-7/step:2' } });
    for (const bad of ['a b', 'x'.repeat(129), '\u00e9', '', null]) {
      const { id, body } = await send('/v1/nowhere', bad);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(body.requestId).toBe(id);
    }
    const [one, other] = [await send('/v1/nowhere', null), await send('/v1/nowhere', null)];
    expect(one.id).not.toBe(other.id);
  });

  it('is in the header also when the path is no text and when the bytes are no HTTP', async () => {
    expect(await send('/v1/%E0%A4%A', 'odd')).toMatchObject({ id: 'odd', body: { requestId: 'odd' } });
    const raw = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(url.port), url.hostname, () => socket.write('nonsense\r\n\r\n'));
      socket
        .on('data', (bytes) => (text += String(bytes)))
        .on('end', () => resolve(text))
        .on('error', reject);
    });
    const id = /x-request-id: ([0-9a-f-]{36})/.exec(raw)?.[1] ?? 'none';
    expect(raw).toContain(`"requestId":"${id}"`);
  });

  it('is in every line that is logged while the request is handled, also at the same time as others', async () => {
    await Promise.all(['a', 'b', 'c'].map((id) => send('/speak', id, { word: `word of ${id}`, more: 'x'.repeat(100_000) })));
    expect(lines.map(({ msg, requestId }) => [msg, requestId]).sort()).toEqual(['a', 'b', 'c'].map((id) => [`word of ${id}`, id]));
    await send('/fail', 'defect');
    expect(lines.at(-1)).toMatchObject({ requestId: 'defect', msg: 'An internal error' });
  });

  it('is in no line of what goes on after the answer', async () => {
    await send('/begin', 'begun', {});
    goOn();
    await new Promise(setImmediate);
    expect(lines).toEqual([expect.not.objectContaining({ requestId: expect.anything() })]);
    expect(lines[0]?.msg).toBe('afterwards');
  });
});
