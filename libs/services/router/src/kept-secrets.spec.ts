import fc from 'fast-check';
import type { BusRecord } from '@voltbus/bus';
import { LANES, type Command } from '@voltbus/contracts';
import { onDeadLetter } from './events/on-dead-letter';
import { shown } from './http/dead-letter';
import { startService, type ServiceFixture } from './service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** Everything that stands in the database, as text. */
async function dump(): Promise<string> {
  const tables: { name: string }[] = await service.service.database.query(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema = 'router'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }): Promise<{ row: string }[]> => service.service.database.query(`SELECT t::text AS row FROM ${name} t`)),
  );
  return rows.flat().map(({ row }) => row).join('\n'); // prettier-ignore
}

/** The secret in none of the forms a row could hold it in. */
function expectNowhere(text: string, secret: string): void {
  const bytes = Buffer.from(secret);
  for (const form of [secret, bytes.toString('hex'), bytes.toString('base64').slice(0, -3)]) expect(text).not.toContain(form);
}

type Place = (secret: string) => {
  protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
  action: string;
  payload: Record<string, unknown>;
  response: unknown;
};

const now = '2026-06-01T12:00:00Z';
const variable = (name: string) => ({ component: { name: 'SecurityCtrlr' }, variable: { name } });
/** Wherever a secret can stand in a command that is sent, or in its answer. */
const PLACES: Record<string, Place> = {
  diagnostics: (s) => ({ protocol: 'ocpp1.6', action: 'GetDiagnostics', payload: { location: `ftp://cs:${s}@h.example/up` }, response: { fileName: `ftp://cs:${s}@h.example/up/1` } }),
  'signed url': (s) => ({ protocol: 'ocpp2.1', action: 'UpdateFirmware', payload: { requestId: 1, firmware: { location: `https://h.example/f?X-Amz-Signature=${s}`, retrieveDateTime: now } }, response: { status: 'Accepted' } }),
  log: (s) => ({ protocol: 'ocpp2.0.1', action: 'GetLog', payload: { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: `sftp://cs:${s}@h.example/` } }, response: { status: 'Accepted', statusInfo: { reasonCode: 'x', additionalInfo: `login with ${s}` } } }),
  configuration: (s) => ({ protocol: 'ocpp1.6', action: 'GetConfiguration', payload: {}, response: { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: s }] } }),
  'vendor key': (s) => ({ protocol: 'ocpp1.6', action: 'ChangeConfiguration', payload: { key: 'Vendor_WifiPassword', value: s }, response: { status: 'Accepted' } }),
  variables: (s) => ({ protocol: 'ocpp2.0.1', action: 'GetVariables', payload: { getVariableData: [variable('BasicAuthPassword')] }, response: { getVariableResult: [{ ...variable('BasicAuthPassword'), attributeStatus: 'Accepted', attributeValue: s }] } }),
  'data of a vendor': (s) => ({ protocol: 'ocpp1.6', action: 'DataTransfer', payload: { vendorId: 'v', data: JSON.stringify({ apiKey: s }) }, response: { status: 'Accepted', data: `apiKey=${s}` } }),
  'data of a vendor in 2.x': (s) => ({ protocol: 'ocpp2.1', action: 'DataTransfer', payload: { vendorId: 'v', data: [{ name: 'secret', value: s }] }, response: { status: 'Accepted', data: { heard: s } } }),
}; // prettier-ignore

const secretText = fc.stringMatching(/^[A-Za-z0-9]{16,32}$/);
const missing = (): never => {
  throw new Error('not there');
};
let stations = 0;

async function life(place: string, secret: string): Promise<{ command: Command; sent: unknown; text: string }> {
  const { protocol, action, payload, response } = PLACES[place]?.(secret) ?? missing();
  const station = `kept-${++stations}`;
  await service.connect(station, { protocol });
  const command = await service.accept({ station, action, payload });
  const waiting = await dump();
  service.service.dispatcher.wake();
  await service.service.dispatcher.idle();
  const call = service.seen.find(({ commandId }) => commandId === command.id) ?? missing();
  await service.settle(call, { kind: 'answered', response });
  const end = await service.now(command);
  const told = await service.told(command);
  return { command: end, sent: call.payload, text: [waiting, await dump(), JSON.stringify([command, end, told])].join('\n') };
}

describe('a secret in a command', () => {
  it.each(Object.keys(PLACES))('(%s) is sent, and stands nowhere in what is kept, shown or told', async (place) => {
    await fc.assert(
      fc.asyncProperty(secretText, async (secret) => {
        const { command, sent, text } = await life(place, secret);
        expect(sent).toEqual(PLACES[place]?.(secret).payload);
        expect(command.status).toBe('answered');
        expectNowhere(text, secret);
        expect(text).toContain('[redacted]');
      }),
      { numRuns: 5 },
    );
  });

  it('is not in the error that a station answers with either', async () => {
    await service.connect('says-no');
    const command = await service.accept({
      station: 'says-no',
      action: 'GetDiagnostics',
      payload: { location: 'ftp://cs:S3cretS3cretS3cret@h/' },
    });
    await service.service.dispatcher.idle();
    service.service.dispatcher.wake();
    await service.service.dispatcher.idle();
    const call = service.seen.find(({ commandId }) => commandId === command.id) ?? missing();
    await service.settle(call, { kind: 'error', code: 'InternalError', description: 'S3cretS3cretS3cret is wrong', details: {} });
    expect((await service.now(command)).error).toEqual({ code: 'InternalError', description: '[redacted]' });
  });

  it('tells an Idempotency-Key of another command, and knows the same again in any order of its members', async () => {
    const id = '6e0e0c8a-5a2c-4a0e-8f0c-0d2b3a4c5d6e';
    const wish = { station: 'again', id, action: 'GetDiagnostics', ttlSeconds: 60 };
    await service.accept({ ...wish, payload: { location: 'ftp://cs:one-secret@h/', retries: 1 } });
    await service.accept({ ...wish, payload: { retries: 1, location: 'ftp://cs:one-secret@h/' } });
    await expect(service.accept({ ...wish, payload: { location: 'ftp://cs:two-secret@h/', retries: 1 } })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('that was closed with another pepper is not sent at all', async () => {
    const command = await service.accept({
      station: 'later',
      action: 'GetDiagnostics',
      payload: { location: 'ftp://cs:pw-of-before@h/' },
      ttlSeconds: 600,
    });
    await service.service.database.query(`UPDATE router.commands SET sealed = '\\x00' WHERE id = $1`, [command.id]);
    await service.connect('later');
    await service.service.store.stationConnected({ tenant: 'default', station: 'later' }, service.clock.now());
    service.service.dispatcher.wake();
    await service.service.dispatcher.idle();
    expect(service.seen.some(({ commandId }) => commandId === command.id)).toBe(false);
    expect(await service.now(command)).toMatchObject({ status: 'error', error: { code: 'conflict' } });
  });
});

describe('a secret in a dead letter', () => {
  it('is not kept in the clear and not shown, and is in what is replayed', async () => {
    const { letters, deadLetters, telemetry } = service.service;
    const secret = 'S3cret-in-a-dead-letter';
    const value = Buffer.from(JSON.stringify([2, 'm', 'NotifyReport', { reportData: [{ ...variable('BasicAuthPassword'), variableAttribute: [{ value: secret }] }] }])); // prettier-ignore
    const record: BusRecord = {
      topic: LANES.device.name,
      partition: 1,
      offset: 7n,
      key: 'default/CS-1',
      value,
      headers: {},
      timestamp: service.clock.now().getTime(),
    };
    await onDeadLetter(letters, telemetry).handle(record as never, { settle: () => undefined } as never);
    expectNowhere(await dump(), secret);
    const [letter] = await letters.page('default', { limit: 10, after: null });
    if (letter === undefined) throw new Error('no letter');
    expect(JSON.stringify(shown(letter))).not.toContain(secret);
    expect(JSON.stringify(shown(letter))).toContain('[redacted]');
    const again: Buffer[] = [];
    const heard = await service.bus.follow({ name: 'lane', topic: LANES.device, handle: (one) => void again.push(one.value) });
    await deadLetters.replay('default', letter.id);
    expect(again).toEqual([value]);
    await heard.close();
  });
});
