import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND_RESULTS } from '@voltbus/contracts';
import type { EventStreamLimits } from './limits';
import { startEventStream, type EventStreamFixture } from './testing/event-stream-fixture';

/** Debian's, Ubuntu's and Chrome's own; without one these tests are skipped. */
const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const inBrowser = BROWSER === undefined ? describe.skip : describe; // (skipped: no Chromium on this machine)

/** What a page does: it fetches a ticket as a page does that has a key, follows the stream, and reports everything that it sees to its own server. */
const PAGE = `<!doctype html><title>events</title><script type="module">
const report = (what) => fetch('/report', { method: 'POST', body: JSON.stringify(what) });
const { api, key } = await (await fetch('/configuration')).json();
try {
  const answer = await fetch(api + '/v1/event-tickets', {
    method: 'POST', headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json' }, body: JSON.stringify({ types: ['command'] }),
  });
  await report({ ticket: answer.status, requestId: answer.headers.get('x-request-id') !== null });
  const { ticket } = await answer.json();
  const source = new EventSource(api + '/v1/events?ticket=' + ticket);
  source.onopen = () => report({ open: true });
  source.onerror = () => report({ error: source.readyState });
  source.addEventListener('command', ({ data }) => report({ command: JSON.parse(data).id }));
  source.addEventListener('gap', () => report({ gap: true }));
} catch (error) {
  await report({ refused: error.name });
}
</script>`;

interface Page {
  origin: string;
  /** What the page reported next. */
  reported(): Promise<object>;
  /** Everything until it reports this. */
  until(wanted: object): Promise<object[]>;
}

let fixture: EventStreamFixture;
const servers: Server[] = [];
const browsers: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const browser of browsers.splice(0)) {
    const gone = once(browser, 'exit');
    browser.kill('SIGKILL');
    await gone;
  }
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await fixture.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** Serves the page on an origin of its own; what it reports waits to be read. */
async function servePage(configuration: () => Promise<object>): Promise<Page> {
  const reports: object[] = [];
  let wake = (): void => undefined;
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/configuration') response.end(JSON.stringify(await configuration()));
      else if (request.url === '/report') {
        reports.push(JSON.parse(await textOf(request)) as object);
        response.end();
        wake();
      } else response.setHeader('content-type', 'text/html').end(PAGE);
    })();
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const reported = async (): Promise<object> => {
    while (reports.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return reports.shift() ?? {};
  };
  const until = async (wanted: object): Promise<object[]> => {
    const seen: object[] = [];
    do seen.push(await reported());
    while (JSON.stringify(seen.at(-1)) !== JSON.stringify(wanted));
    return seen;
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reported, until };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function openBrowser(url: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-browser-'));
  folders.push(folder);
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    `--user-data-dir=${folder}`,
  ];
  browsers.push(spawn(BROWSER ?? '', [...flags, url], { stdio: 'ignore' }));
}

/** A page in a browser and an API, on two origins. The API lists the page's origin, or another one. */
async function start({ listed, limits = {} }: { listed: boolean; limits?: Partial<EventStreamLimits> }): Promise<Page> {
  const page = await servePage(async () => ({ api: await fixture.app.getUrl(), key: 'key-acme' }));
  fixture = await startEventStream(limits, { environment: { VOLTBUS_CORS_ORIGINS: listed ? page.origin : 'http://127.0.0.1:1' } });
  fixture.tenants.set('key-acme', 'acme');
  openBrowser(page.origin);
  return page;
}

const command = (id: string) => fixture.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id });

inBrowser(
  `a page in a browser, from another origin than the API${BROWSER === undefined ? ' (skipped: no Chromium on this machine)' : ''}`,
  () => {
    it('fetches a ticket, follows the events, and resumes after the connection was cut', async () => {
      const page = await start({ listed: true });
      expect(await page.reported()).toEqual({ ticket: 201, requestId: true });
      expect(await page.reported()).toEqual({ open: true });
      await command('first');
      expect(await page.reported()).toEqual({ command: 'first' });
      fixture.app.getHttpServer().closeAllConnections();
      await command('missed');
      const seen = await page.until({ command: 'missed' });
      expect(seen).toEqual([{ error: 0 }, { open: true }, { command: 'missed' }]); // 0: the browser connects again by itself
    });

    it('is told of the gap when it comes back and its last event is no longer known', async () => {
      const page = await start({ listed: true, limits: { idleBufferMs: 0 } });
      await page.until({ open: true });
      fixture.app.getHttpServer().closeAllConnections();
      expect(await page.until({ gap: true })).toEqual([{ error: 0 }, { open: true }, { gap: true }]);
      await command('after');
      expect(await page.reported()).toEqual({ command: 'after' });
    });

    it('is refused by its browser when its origin is not listed', async () => {
      const page = await start({ listed: false });
      expect(await page.reported()).toEqual({ refused: 'TypeError' });
    });
  },
);
