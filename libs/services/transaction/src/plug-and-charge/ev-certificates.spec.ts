import { checkResponse, type v21 } from '@voltbus/ocpp';
import { flawOf, pathTo, readPem } from '@voltbus/pki';
import { within } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { EvCertificates, MAX_UNDER_WAY } from './ev-certificates';
import { HttpContractPool } from './http-contract-pool';
import { ContractPoolServer } from './testing/contract-pool-server';

const SECRET = 's'.repeat(32);
const NAMESPACE = 'urn:iso:15118:2:2013:MsgDef';
let pool: ContractPoolServer;
let service: ServiceFixture;
beforeAll(async () => {
  pool = await ContractPoolServer.start();
  service = await startService({ CONTRACT_POOL_URL: pool.url, CONTRACT_POOL_SECRET: SECRET });
});
beforeEach(() => {
  pool.asked.splice(0);
  pool.answer = null;
  pool.names = ['DE8AAC12345678X'];
});
afterAll(async () => {
  await service?.close();
  pool?.close();
});

type Answer = v21.Get15118EVCertificateResponse;
let requests = 0;
const exi = () => Buffer.from(`car ${++requests}`).toString('base64');

async function ask(protocol: 'ocpp2.0.1' | 'ocpp2.1', more: object = {}, exiRequest = exi()): Promise<Answer> {
  const request = { iso15118SchemaVersion: NAMESPACE, action: 'Install', exiRequest, ...more };
  const answer = await service.receive({ protocol }, 'Get15118EVCertificate', request);
  expect(checkResponse(protocol, 'Get15118EVCertificate', answer, 'strict')).toMatchObject({ ok: true });
  return answer as unknown as Answer; // it has just passed its schema
}

/** The name in a chain that the car could use. */
function contractIn({ exiResponse }: Answer): string | null {
  const chain = readPem(Buffer.from(exiResponse, 'base64').toString(), 3);
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('no contract');
  const path = pathTo(leaf, { anchors: readPem(pool.root.pem, 1), pool: chain });
  return path !== null && flawOf(path, new Date()) === null ? leaf.commonName : null;
}

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('Get15118EVCertificate of %s', (protocol) => {
  it('TC_M_26, M01.FR.01: has a chain of the pool for the car, whose message it was asked with', async () => {
    const exiRequest = exi();
    const answer = await ask(protocol, {}, exiRequest);
    expect([answer.status, contractIn(answer), answer.remainingContracts]).toEqual(['Accepted', 'DE8AAC12345678X', undefined]);
    const [{ headers, body } = { headers: {}, body: {} }] = pool.asked;
    expect(headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' });
    expect(body).toEqual({ certificateInstallationReq: exiRequest, xsdMsgDefNamespace: NAMESPACE });
  });

  it('TC_M_28, M02.FR.01: updates a contract by the other message', async () => {
    const exiRequest = exi();
    const answer = await ask(protocol, { action: 'Update' }, exiRequest);
    expect(contractIn(answer)).toBe('DE8AAC12345678X');
    expect(pool.asked[0]?.body).toEqual({ certificateUpdateReq: exiRequest, xsdMsgDefNamespace: NAMESPACE });
  });

  it.each<[string, (response: Parameters<NonNullable<ContractPoolServer['answer']>>[0]) => void]>([
    ['404', (response) => response.writeHead(404).end()],
    ['an error', (response) => response.writeHead(500).end('{}')],
    ['a redirect', (response) => response.writeHead(302, { location: pool.url }).end()],
    ['no JSON', (response) => response.writeHead(200).end('\ud800')],
    ['something else', (response) => response.writeHead(200).end('{"CCPResponse":{"emaidContent":"x"}}')],
    ['no contract', (response) => response.writeHead(200).end('{"CCPResponse":{"emaidContent":[]}}')],
    ['a message that is no base64', (response) => response.writeHead(200).end(contracts(['"\u0000"']))],
    ['a message that is too long', (response) => response.writeHead(200).end(contracts([JSON.stringify('A'.repeat(17_001))]))],
    ['a megabyte', (response) => response.writeHead(200).end(contracts([JSON.stringify('A'.repeat(1_000_000))]))],
    ['nothing', (response) => response.destroy()],
  ])('is Failed, with an empty message, where the pool answers %s', async (_, answer) => {
    pool.answer = answer;
    expect(await ask(protocol)).toEqual({ status: 'Failed', exiResponse: '' });
  });
});

const contracts = (messages: readonly string[]) =>
  `{"CCPResponse":{"emaidContent":[${messages.map((one) => `{"messageDef":{"certificateInstallationRes":${one}}}`).join()}]}}`;

describe('several contracts of a car (2.1, ISO 15118-20)', () => {
  const names = (answers: readonly Answer[]) => answers.map((answer) => [contractIn(answer), answer.remainingContracts]);

  it('M01.FR.04, FR.07: come one by one, those first that it would have, and are counted down', async () => {
    pool.names = ['DE8AAC1', 'DE8AAC2', 'DE8AAC3', 'DE8AAC4'];
    const exiRequest = exi();
    const more = { maximumContractCertificateChains: 3, prioritizedEMAIDs: ['DE-8AA-C3', 'DE-8AA-C9'] };
    const answers = [
      await ask('ocpp2.1', more, exiRequest),
      await ask('ocpp2.1', more, exiRequest),
      await ask('ocpp2.1', more, exiRequest),
    ];
    expect(names(answers)).toEqual([
      ['DE8AAC3', 2],
      ['DE8AAC1', 1],
      ['DE8AAC2', 0],
    ]);
    expect(pool.asked.map(({ body }) => body['prioritizedEMAIDs'])).toEqual([more.prioritizedEMAIDs]); // once
    expect((await ask('ocpp2.1', more, exiRequest)).remainingContracts).toBe(2); // it begins again
  });

  it('are one where the car takes no more, or does not say, and of the station that asks', async () => {
    pool.names = ['DE8AAC1', 'DE8AAC2'];
    expect((await ask('ocpp2.1', { maximumContractCertificateChains: 0 })).remainingContracts).toBe(0);
    const exiRequest = exi();
    expect(contractIn(await ask('ocpp2.1', {}, exiRequest))).toBe('DE8AAC1');
    expect(contractIn(await ask('ocpp2.1', {}, exiRequest))).toBe('DE8AAC1');
  });
});

it('asks no more than so many at once, and waits no longer than the car does', async () => {
  const open: (() => void)[] = [];
  pool.answer = (response) => void open.push(() => response.writeHead(404).end());
  const outcomes: string[] = [];
  const telemetry = { contractPoolAsked: (outcome: string) => void outcomes.push(outcome), contractPoolFailed: () => undefined };
  const http = new HttpContractPool({ url: pool.url, secret: '' }, 60_000);
  const certificates = new EvCertificates(http, telemetry);
  const wish = {
    tenant: 't',
    station: 's',
    action: 'Install',
    schemaVersion: NAMESPACE,
    prioritizedEmaids: [],
    longest: 5_600,
    most: 1,
  } as const;
  const asked = Array.from({ length: MAX_UNDER_WAY + 1 }, () => certificates.of({ ...wish, exiRequest: exi() }));
  expect(await asked.at(-1)).toBeNull();
  expect(outcomes).toEqual(['not-asked']);
  await within(
    'the pool to be asked',
    (async () => {
      while (open.length < MAX_UNDER_WAY) await new Promise((resolve) => setTimeout(resolve, 5));
    })(),
  );
  for (const end of open) end();
  await Promise.all(asked);
  http.timeoutMs = 20;
  expect(await certificates.of({ ...wish, exiRequest: exi() })).toBeNull();
  expect(outcomes.at(-1)).toBe('failed');
});

it('is Failed where no pool is named', async () => {
  const none = new EvCertificates(null, { contractPoolAsked: () => undefined, contractPoolFailed: () => undefined });
  const wish = { tenant: 't', station: 's', action: 'Install', schemaVersion: '', prioritizedEmaids: [], longest: 1, most: 1 } as const;
  expect(await none.of({ ...wish, exiRequest: '' })).toBeNull();
});

it('comes with DataTransfer from stations of 1.6', async () => {
  const data = JSON.stringify({ iso15118SchemaVersion: NAMESPACE, action: 'Install', exiRequest: exi() });
  const transfer = { vendorId: 'org.openchargealliance.iso15118pnc', messageId: 'Get15118EVCertificate', data };
  const answer = await service.receive({ protocol: 'ocpp1.6' }, 'DataTransfer', transfer);
  expect(answer['status']).toBe('Accepted');
  expect(contractIn(JSON.parse(String(answer['data'])) as Answer)).toBe('DE8AAC12345678X');
});
