import { ApiProblem, UnexpectedAnswer, VoltbusClient, type ApiEvent, type EventOptions, type StreamLimits } from '../index';
import { ScriptedServer, cut, html, problem, type Script } from '../testing/scripted-server';

const QUICK: Partial<StreamLimits> = { firstPauseMs: 1, longestPauseMs: 2 };

/** A stream that sends this text, and then ends, is cut or stays open. */
const stream =
  (text: string, then: 'end' | 'cut' | 'stay' = 'stay', contentType = 'text/event-stream; charset=utf-8'): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': contentType });
    response.write(text, () => {
      if (then === 'end') response.end();
      if (then === 'cut') response.socket?.destroy();
    });
  };
const event = (type: string, id: string, data: unknown = { id }) => `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

let server: ScriptedServer | undefined;
const started: ScriptedServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.close())));

async function follow(scripts: readonly Script[], options: EventOptions = {}) {
  server = await ScriptedServer.start(...scripts);
  started.push(server);
  return new VoltbusClient({ baseUrl: server.url, key: 'secret' }).events({ ...options, limits: { ...QUICK, ...options.limits } });
}

async function take(events: AsyncIterable<ApiEvent>, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { event: type, id } of events) if (found.push(`${type} ${id}`) === count) break;
  return found;
}

const resumedAt = () => server?.received.map(({ headers }) => headers['last-event-id'] ?? null);

describe('following events', () => {
  it('asks for the types wanted, with the key, after the last event that is known', async () => {
    const events = await follow([stream(event('cdr', 'a-5'))], { types: ['cdr', 'command'], lastEventId: 'a-4' });
    expect(await take(events, 1)).toEqual(['cdr a-5']);
    expect(server?.received[0]).toMatchObject({
      url: '/v1/events?types=cdr,command',
      headers: { authorization: 'Bearer secret', accept: 'text/event-stream', 'last-event-id': 'a-4' },
    });
  });

  it('goes on after the last whole event when the stream ends, is cut within an event, or the server is away', async () => {
    const lost: string[] = [];
    let opened = 0;
    const events = await follow(
      [
        stream(`retry: 1\nid: a-0\n\n${event('station', 'a-1')}`, 'end'),
        problem(503, 'unavailable', { 'retry-after': '0' }),
        html(502),
        stream(`${event('station', 'a-2')}event: station\nid: a-3\nda`, 'cut'),
        cut,
        stream(`${event('gap', 'b-9', { reason: 'missed' })}${event('tomorrow', 'b-10')}`, 'end'),
        stream(event('cdr', 'b-11')),
      ],
      { onOpen: () => (opened += 1), onReconnect: (cause) => lost.push(cause.name) },
    );
    expect(await take(events, 4)).toEqual(['station a-1', 'station a-2', 'gap b-9', 'cdr b-11']);
    expect(resumedAt()).toEqual([null, 'a-1', 'a-1', 'a-1', 'a-2', 'a-2', 'b-10']);
    expect(lost).toEqual(['NoAnswer', 'ApiProblem', 'ApiProblem', 'NoAnswer', 'NoAnswer', 'NoAnswer']);
    expect(opened).toBe(4);
  });

  it('takes a silent stream for dead, but not one with comments', async () => {
    const commented: Script = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let sent = 0;
      const timer = setInterval(() => response.write(sent++ < 25 ? ':\n\n' : event('cdr', 'a-1')), 50);
      response.on('close', () => clearInterval(timer));
    };
    const causes: unknown[] = [];
    const limits = { idleMs: 1_000 };
    const events = await follow([stream(': silent\n\n'), commented], { limits, onReconnect: (cause) => causes.push(cause) });
    expect(await take(events, 1)).toEqual(['cdr a-1']);
    expect(causes).toMatchObject([{ name: 'NoAnswer', timedOut: true }]);
  });

  it.each<[string, Script, new (...args: never[]) => Error]>([
    ['a refusal', problem(403, 'forbidden'), ApiProblem],
    ['another content type', stream(event('cdr', 'a'), 'stay', 'text/html'), UnexpectedAnswer],
    ['a redirect', (response) => void response.writeHead(302, { location: '/login' }).end(), UnexpectedAnswer],
    ['an event that is too long', stream(`data: ${'x'.repeat(2_000)}`), UnexpectedAnswer],
    ['data that is no JSON', stream('event: cdr\ndata: <html>\n\n'), UnexpectedAnswer],
  ])('ends with %s', async (_title, script, error) => {
    const events = await follow([script], { limits: { eventLength: 1_000 } });
    await expect(events.next()).rejects.toThrow(error);
    expect(server?.received).toHaveLength(1);
  });

  it('gives up after a time without a stream, with the last cause', async () => {
    const events = await follow([problem(503, 'unavailable')], { limits: { giveUpMs: 1_000 } });
    await expect(events.next()).rejects.toMatchObject({ code: 'unavailable' });
    expect(server?.received.length).toBeGreaterThan(1);
  });

  it('never calls a server that ends each stream at once in a tight loop, whatever pause that asks for', async () => {
    const pauses: number[] = [];
    const onReconnect = (_cause: Error, pauseMs: number) => void pauses.push(pauseMs);
    const quick = stream('retry: 0\n\n', 'end');
    const events = await follow([quick, quick, stream(event('cdr', 'a'))], { onReconnect, limits: { longestPauseMs: 1_000 } });
    expect(await take(events, 1)).toEqual(['cdr a']);
    expect(pauses).toHaveLength(2);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  });

  it('ends in the words of its signal, while it is silent and while it pauses, and closes its connection', async () => {
    const closed: Promise<void>[] = [];
    const open: Script = (response) => {
      closed.push(new Promise((resolve) => response.on('close', resolve)));
      stream(event('cdr', 'a'))(response);
    };
    const abort = new AbortController();
    const events = await follow([open], { signal: abort.signal });
    await events.next();
    const silent = events.next();
    abort.abort(new Error('the page is closed'));
    await expect(silent).rejects.toThrow('the page is closed');
    const left = await follow([open]);
    expect(await take(left, 1)).toEqual(['cdr a']);
    await Promise.all(closed);
    expect(closed).toHaveLength(2);
    const pausing = new AbortController();
    const away = await follow([problem(503, 'unavailable')], {
      signal: pausing.signal,
      limits: { firstPauseMs: 60_000, longestPauseMs: 60_000 },
      onReconnect: () => pausing.abort(new Error('enough')),
    });
    await expect(away.next()).rejects.toThrow('enough');
  });
});
