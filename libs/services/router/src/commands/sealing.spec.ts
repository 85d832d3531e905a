import fc from 'fast-check';
import type { Command } from '@voltbus/contracts';
import { inBudget } from '@voltbus/testing';
import { startRouter, type RouterFixture } from '../testing/router-fixture';
import { expectNowhere, storedText } from '../testing/stored-text';

let router: RouterFixture;
beforeAll(async () => {
  router = await startRouter();
});
afterAll(() => router.close());

type Place = (secret: string) => {
  protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
  action: string;
  payload: Record<string, unknown>;
  response: unknown;
};

const now = '2026-06-01T12:00:00Z';
const variable = (name: string) => ({ component: { name: 'SecurityCtrlr' }, variable: { name } });
/** The places of a secret in a command that is sent, or in its answer. */
const PLACES: Record<string, Place> = {
  diagnostics: (s) => ({ protocol: 'ocpp1.6', action: 'GetDiagnostics', payload: { location: `ftp://cs:${s}@h.example/up` }, response: { fileName: `ftp://cs:${s}@h.example/up/1` } }),
  'signed url': (s) => ({ protocol: 'ocpp2.1', action: 'UpdateFirmware', payload: { requestId: 1, firmware: { location: `https://h.example/f?X-Amz-Signature=${s}`, retrieveDateTime: now } }, response: { status: 'Accepted' } }),
  log: (s) => ({ protocol: 'ocpp2.0.1', action: 'GetLog', payload: { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: `sftp://cs:${s}@h.example/` } }, response: { status: 'Accepted', statusInfo: { reasonCode: 'x', additionalInfo: `login with ${s}` } } }),
  configuration: (s) => ({ protocol: 'ocpp1.6', action: 'GetConfiguration', payload: {}, response: { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: s }] } }),
  'vendor key': (s) => ({ protocol: 'ocpp1.6', action: 'ChangeConfiguration', payload: { key: 'Vendor_WifiPassword', value: s }, response: { status: 'Accepted' } }),
  variables: (s) => ({ protocol: 'ocpp2.0.1', action: 'GetVariables', payload: { getVariableData: [variable('BasicAuthPassword')] }, response: { getVariableResult: [{ ...variable('BasicAuthPassword'), attributeStatus: 'Accepted', attributeValue: s }] } }),
  'data of a vendor': (s) => ({ protocol: 'ocpp1.6', action: 'DataTransfer', payload: { vendorId: 'v', data: JSON.stringify({ apiKey: s }) }, response: { status: 'Accepted', data: `apiKey=${s}` } }),
  'data of a vendor in 2.x': (s) => ({ protocol: 'ocpp2.1', action: 'DataTransfer', payload: { vendorId: 'v', data: [{ name: 'secret', value: s }] }, response: { status: 'Accepted', data: { seen: s } } }),
}; // prettier-ignore

const secretText = fc.stringMatching(/^[A-Za-z0-9]{16,32}$/);
const missing = (): never => {
  throw new Error('not there');
};
let stations = 0;

async function life(place: string, secret: string): Promise<{ command: Command; sent: unknown; text: string }> {
  const { protocol, action, payload, response } = PLACES[place]?.(secret) ?? missing();
  const station = `kept-${++stations}`;
  await router.connect(station, { protocol });
  const command = await router.accept({ station, action, payload });
  const waiting = await storedText(router.service);
  await router.dispatch();
  const call = router.calls.find(({ commandId }) => commandId === command.id) ?? missing();
  await router.record(call, { kind: 'answered', response });
  const end = await router.current(command);
  const events = router.endEvents(command);
  return {
    command: end,
    sent: call.payload,
    text: [waiting, await storedText(router.service), JSON.stringify([command, end, events])].join('\n'),
  };
}

describe('a secret in a command', () => {
  it.each(Object.keys(PLACES))('(%s) is sent, and is nowhere in what is stored, shown or published', async (place) => {
    await fc.assert(
      fc.asyncProperty(
        secretText,
        inBudget(async (secret: string) => {
          const { command, sent, text } = await life(place, secret);
          expect(sent).toEqual(PLACES[place]?.(secret).payload);
          expect(command.status).toBe('answered');
          expectNowhere(text, secret);
          expect(text).toContain('[redacted]');
        }),
      ),
      { numRuns: 5 },
    );
  });

  it('is not in the error that a station answers with either', async () => {
    await router.connect('rejecting');
    const command = await router.accept({
      station: 'rejecting',
      action: 'GetDiagnostics',
      payload: { location: 'ftp://cs:S3cretS3cretS3cret@h/' },
    });
    await router.service.dispatcher.idle();
    await router.dispatch();
    const call = router.calls.find(({ commandId }) => commandId === command.id) ?? missing();
    await router.record(call, { kind: 'error', code: 'InternalError', description: 'S3cretS3cretS3cret is wrong', details: {} });
    expect((await router.current(command)).error).toEqual({ code: 'InternalError', description: '[redacted]' });
  });

  it('distinguishes commands of one Idempotency-Key, in any order of the members of the payload', async () => {
    const id = '6e0e0c8a-5a2c-4a0e-8f0c-0d2b3a4c5d6e';
    const request = { station: 'again', id, action: 'GetDiagnostics', ttlSeconds: 60 };
    await router.accept({ ...request, payload: { location: 'ftp://cs:one-secret@h/', retries: 1 } });
    await router.accept({ ...request, payload: { retries: 1, location: 'ftp://cs:one-secret@h/' } });
    await expect(router.accept({ ...request, payload: { location: 'ftp://cs:two-secret@h/', retries: 1 } })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('that was encrypted with another pepper is not sent at all', async () => {
    const command = await router.accept({
      station: 'later',
      action: 'GetDiagnostics',
      payload: { location: 'ftp://cs:pw-of-before@h/' },
      ttlSeconds: 600,
    });
    await router.service.database.query(`UPDATE router.commands SET sealed = '\\x00' WHERE id = $1`, [command.id]);
    await router.connect('later');
    await router.service.store.stationsConnected([{ tenant: 'default', station: 'later' }], router.clock.now());
    await router.dispatch();
    expect(router.calls.some(({ commandId }) => commandId === command.id)).toBe(false);
    expect(await router.current(command)).toMatchObject({ status: 'error', error: { code: 'conflict' } });
  });
});
