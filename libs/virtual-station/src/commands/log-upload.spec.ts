import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../testing/foreign-csms';
import { LogUpload } from './log-upload';

let server: Server;
let url: string;
let received: { method: string; path: string; body: string }[];
/** Answers of the server, one after the other; then 201. */
let answers: number[];
beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method ?? '', path: request.url ?? '', body });
      response.writeHead(answers.shift() ?? 201).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server?.close());
beforeEach(() => {
  [received, answers] = [[], []];
});

const upload = async (log: LogUpload, more: { location?: string; retries?: number } = {}) => {
  const reported: string[] = [];
  const request = {
    location: `${url}/up/`,
    fileName: 'x.log',
    retries: 0,
    retrySeconds: 0,
    report: (status: string) => void reported.push(status),
  };
  const answer = log.start({ ...request, ...more });
  return { answer, reported, ended: () => until(() => reported.length > 1) };
};

it.each([
  ['/up/', '/up/x.log'],
  ['/up', '/up'],
])('uploads to %s as %s, and reports it', async (at, path) => {
  const { answer, reported, ended } = await upload(new LogUpload('CS-1'), { location: `${url}${at}` });
  await ended();
  expect([answer, reported]).toEqual(['Accepted', ['Uploading', 'Uploaded']]);
  expect(received).toEqual([{ method: 'PUT', path, body: expect.stringContaining('CS-1 entry') }]);
});

it('tries as often as it shall, and follows no redirect', async () => {
  answers = [503, 302, 201];
  const { reported, ended } = await upload(new LogUpload('CS-1'), { retries: 2 });
  await ended();
  expect([received.length, reported]).toEqual([3, ['Uploading', 'Uploaded']]);
});

it('reports that it failed when every try has', async () => {
  answers = [500, 500];
  const { reported, ended } = await upload(new LogUpload('CS-1'), { retries: 1 });
  await ended();
  expect([received.length, reported]).toEqual([2, ['Uploading', 'failed']]);
});

it('ends for a new one', async () => {
  const log = new LogUpload('CS-1');
  const first = await upload(log);
  const second = await upload(log);
  await second.ended();
  expect([second.answer, first.reported, second.reported]).toEqual([
    'AcceptedCanceled',
    ['Uploading', 'AcceptedCanceled'],
    ['Uploading', 'Uploaded'],
  ]);
});
