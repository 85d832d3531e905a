import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { checkResponse } from '@voltbus/ocpp';
import { transactionId } from '../metering/domain/transaction-id';
import { startService, type ServiceFixture } from '../testing/service-fixture';

/** The CPO's register: what it is asked, and what it answers next. */
const asked: unknown[] = [];
let answer: { status: number; body: string } = { status: 404, body: '' };
let register: Server;
let service: ServiceFixture;
const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

beforeAll(async () => {
  register = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(JSON.parse(body));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await once(register.listen(0, '127.0.0.1'), 'listening');
  service = await startService({ VAT_URL: `http://127.0.0.1:${(register.address() as AddressInfo).port}/` });
});
afterAll(async () => {
  await service?.close();
  register?.close();
});

const send = async (station: string, action: string, payload: object) => {
  const content = await service.receive({ protocol: 'ocpp2.1', station }, action, payload);
  expect(checkResponse('ocpp2.1', action, content, 'strict')).toMatchObject({ ok: true });
  return content;
};
const settled = (station: string, more: object = {}) =>
  send(station, 'NotifySettlement', {
    transactionId: 'T',
    pspRef: 'psp/1',
    status: 'Settled',
    settlementAmount: 12.5,
    settlementTime: at(30),
    ...more,
  });
type Shown = ReturnType<ServiceFixture['settlements']['list']>;
const newestFirst = { by: 'at', descending: true } as const;
const shown = async (filters: Parameters<Shown['count']>[0] = {}, tenant = 'default') =>
  (await service.settlements.list(tenant).read({ filters, sort: newestFirst, limit: 100, after: null })).items;
const event = (station: string, eventType: string, seqNo: number, more: object = {}) =>
  send(station, 'TransactionEvent', {
    ...{ eventType, seqNo, timestamp: at(seqNo), triggerReason: 'Trigger', transactionInfo: { transactionId: 'T' } },
    ...more,
  });

describe('C21, C22: a payment made at a station', () => {
  it('is stored once with all its members, and belongs to its transaction, whichever is received first', async () => {
    const company = { name: 'ACME', address1: 'Street 1', city: 'Town', country: 'Land' };
    await settled('pays', { receiptId: 'R-1', vatNumber: 'DE123', vatCompany: company });
    await settled('pays', { receiptId: 'R-1', vatNumber: 'DE123', vatCompany: company });
    const before = {
      at: at(30),
      station: 'pays',
      pspRef: 'psp/1',
      status: 'Settled',
      amount: '12.5',
      ocppTransactionId: 'T',
      statusInfo: null,
    };
    const rest = { receiptId: 'R-1', receiptUrl: null, vatNumber: 'DE123', vatCompany: company };
    expect(await shown({ station: ['pays'] })).toEqual([{ ...before, ...rest, transaction: null }]);
    await event('pays', 'Started', 0);
    const [{ id } = { id: '' }] = await service.transactionsOf('pays');
    expect(await shown({ transaction: [id ?? ''] })).toEqual([{ ...before, ...rest, transaction: id }]);
    expect(await shown({ station: ['pays'] }, 'other')).toEqual([]);
  });

  it('belongs to the session that had the id when it was settled', async () => {
    await event('again', 'Started', 0);
    await event('again', 'Ended', 10);
    await event('again', 'Started', 40);
    await settled('again', { settlementTime: at(30) });
    const first = (await service.transactionsOf('again')).find(({ endedAt }) => endedAt !== null);
    expect(await shown({ station: ['again'] })).toMatchObject([{ transaction: first?.id }]);
  });

  it('C21.FR.03 is answered where its receipt is, where the CPO makes it', async () => {
    const transaction = transactionId({ tenant: 'default', station: 'receipt' }, 'T');
    expect(await settled('receipt')).toEqual({ receiptUrl: `https://receipts.example/${transaction}?psp=psp%2F1` });
    expect(await settled('receipt', { status: 'Failed' })).toEqual({});
    expect(await settled('receipt', { transactionId: undefined, pspRef: 'none' })).toEqual({});
  });

  it.each(['Rejected', 'Failed', 'Canceled'])('C22 that was not paid is shown as such: %s', async (status) => {
    await settled(status, { status, statusInfo: 'no cover: https://psp:hunter2@h/' });
    const statusInfo = 'no cover: https://[redacted]@h/';
    expect(await shown({ station: [status], status: [status as 'Failed'] })).toMatchObject([{ status, statusInfo }]);
    expect(await shown({ station: [status], status: ['Settled'] })).toEqual([]);
  });

  it('is shown page by page, newest first, and by time', async () => {
    for (const minute of [1, 2, 3]) await settled('pages', { pspRef: `psp-${minute}`, settlementTime: at(minute) });
    const [pages, filters] = [service.settlements.list('default'), { station: ['pages'] }];
    const { items: first, next } = await pages.read({ filters, sort: newestFirst, limit: 1, after: null });
    expect(first.map(({ pspRef }) => pspRef)).toEqual(['psp-3']);
    const { items: rest } = await pages.read({ filters, sort: newestFirst, limit: 5, after: next });
    expect(rest.map(({ pspRef }) => pspRef)).toEqual(['psp-2', 'psp-1']);
    expect((await shown({ station: ['pages'], from: at(2), to: at(3) })).map(({ pspRef }) => pspRef)).toEqual(['psp-2']);
  });
});

describe('C18.FR.08 to FR.10: a VAT number', () => {
  const company = { name: 'ACME', address1: 'Street 1', city: 'Town', country: 'Land' };
  const validated = (vatNumber: string) => send('vat', 'VatNumberValidation', { vatNumber, evseId: 3 });

  it('is confirmed with whose it is, and remembered', async () => {
    asked.length = 0;
    answer = { status: 200, body: JSON.stringify({ company }) };
    expect(await validated('DE1')).toEqual({ vatNumber: 'DE1', evseId: 3, status: 'Accepted', company });
    answer = { status: 500, body: '' };
    expect(await validated('DE1')).toMatchObject({ status: 'Accepted', company });
    expect(asked).toEqual([{ vatNumber: 'DE1' }]);
  });

  it.each([
    ['nobody has it', 404, ''],
    ['the register is broken', 500, ''],
    ['the answer is none', 200, 'hello'],
    ['the answer names nobody', 200, '{"company": {}}'],
    ['the answer is too long', 200, JSON.stringify({ company, more: 'x'.repeat(20_000) })],
  ])('is rejected where %s, and asked about again', async (name, status, body) => {
    asked.length = 0;
    answer = { status, body };
    const number = `DE-${name.length}-${status}`;
    expect(await validated(number)).toEqual({ vatNumber: number, evseId: 3, status: 'Rejected' });
    await validated(number);
    expect(asked).toHaveLength(2);
  });
});
