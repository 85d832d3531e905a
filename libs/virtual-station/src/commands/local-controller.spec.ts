import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Protocol } from '@voltbus/contracts';
import { ForeignCsms, until } from '../testing/foreign-csms';
import type { PublicationHabit } from './local-controller';

const ACTION = 'PublishFirmwareStatusNotification';
/** `printf firmware | md5sum` */
const MD5 = '74b5b5e9570efc5c0553bb327cd41940';
const OTHER = '0'.repeat(32);

let server: Server;
let url: string;
/** Answers of the server, one after the other; then 200. */
let answers: number[];
let asked: number;
let csms: ForeignCsms;
beforeAll(async () => {
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(answers.shift() ?? 200).end('firmware');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cert.bin`;
});
afterAll(() => server?.close());
beforeEach(async () => {
  [answers, asked] = [[], 0];
  csms = await ForeignCsms.start();
});
afterEach(() => csms.stop());

const reports = () => csms.received.filter(({ action }) => action === ACTION).map(({ payload }) => payload);
const statuses = () => reports().map((payload) => payload['status']);
const publish = (more: object = {}) => csms.call('PublishFirmware', { location: url, checksum: MD5, requestId: 2 ** 31 - 1, ...more });
const controller = (protocol: Protocol, publications: PublicationHabit) => csms.startStation(protocol, { publications }).whenReady();
const BEGUN = ['Downloading', 'Downloaded'];

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('a local controller of %s', (protocol) => {
  it.each([
    ['publishes', {}, [...BEGUN, 'ChecksumVerified', 'Published']],
    ['publishes', { checksum: MD5.toUpperCase() }, [...BEGUN, 'ChecksumVerified', 'Published']],
    ['publishes', { checksum: OTHER }, [...BEGUN, 'InvalidChecksum']],
    ['publishes', { location: 'nowhere' }, ['Downloading', 'DownloadFailed']],
    ['publish-fails', {}, [...BEGUN, 'ChecksumVerified', 'PublishFailed']],
    ['stuck', {}, ['Downloading']],
  ] as const)('L03 that %s, given %j, reports %j', async (habit, more, expected) => {
    await controller(protocol, habit);
    await expect(publish(more)).resolves.toEqual({ status: 'Accepted' });
    await until(() => statuses().length >= expected.length);
    expect(statuses()).toEqual(expected);
    for (const payload of reports()) {
      expect(payload['requestId']).toBe(2 ** 31 - 1);
      expect(payload['location'] !== undefined).toBe(payload['status'] === 'Published');
    }
    expect(csms.violations).toEqual([]);
  });

  it.each([
    [1, 'DownloadFailed', 2],
    [2, 'Published', 3],
  ])('L03 tries again %s times, ends with %s', async (retries, last, requests) => {
    answers = [503, 404];
    await controller(protocol, 'publishes');
    await publish({ retries, retryInterval: 0 });
    await until(() => statuses().at(-1) === last);
    expect(asked).toBe(requests);
  });

  it('L04 unpublishes what is published, once, and leaves a download alone', async () => {
    await controller(protocol, 'publishes');
    const unpublish = (checksum: string) => csms.call('UnpublishFirmware', { checksum });
    await expect(unpublish(MD5)).resolves.toEqual({ status: 'NoFirmware' });
    await publish();
    await until(() => statuses().includes('Published'));
    await expect(unpublish(OTHER)).resolves.toEqual({ status: 'NoFirmware' });
    await expect(unpublish(MD5)).resolves.toEqual({ status: 'Unpublished' });
    await expect(unpublish(MD5)).resolves.toEqual({ status: 'NoFirmware' });
    answers = [503];
    await publish({ retries: 1, retryInterval: 3_600 });
    await expect(unpublish(MD5)).resolves.toEqual({ status: 'DownloadOngoing' });
  });

  it('is one by its personality only', async () => {
    await csms.startStation(protocol).whenReady();
    await expect(publish()).rejects.toMatchObject({ rpcErrorCode: 'NotImplemented' });
    expect(asked).toBe(0);
  });
});
