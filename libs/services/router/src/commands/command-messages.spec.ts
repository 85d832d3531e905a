import { CONNECTIONS, toCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { sendCommand } from '@voltbus/service';
import { BUCKET, REF, startRunningRouter, type RunningRouter } from '../testing/running-router';

let router: RunningRouter;
beforeAll(async () => {
  router = await startRunningRouter();
});
afterAll(() => router?.close());

const request = (id: string, more: object = {}) => ({
  id,
  ...REF,
  action: 'Reset',
  payload: { type: 'Soft' },
  requestedBy: 'transaction',
  ...more,
});

it('sends the command that another service requests to the station, and publishes its end', async () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const before = { calls: router.downlink.items.length, ends: router.ends.items.length };
  await sendCommand(router.bus, request(id));
  await sendCommand(router.bus, request(id)); // the same id twice is one command
  const call = (await router.downlink.count(before.calls + 1)).at(-1);
  expect(call?.meta).toMatchObject({ kind: 'call', inst: 'gw', epoch: router.epoch, commandId: id });
  await router.publishResult({ kind: 'sent' });
  await router.publishResult({ kind: 'answered', response: { status: 'Accepted' } });
  await router.publishResult({ kind: 'answered', response: { status: 'Rejected' } });
  expect((await router.ends.count(before.ends + 1)).slice(before.ends)).toEqual([
    { type: 'voltbus.command.ended', command: expect.objectContaining({ id, status: 'answered', response: { status: 'Accepted' } }) },
  ]);
  expect(router.downlink.items).toHaveLength(before.calls + 1);
  expect(router.service.service.trouble()).toBeNull();
});

it.each([
  ['an action that is none', { action: 'Explode', payload: {} }, 'invalid', {}],
  ['a payload that breaks the schema', { payload: { type: 'Sideways' } }, 'invalid', { type: 'Sideways' }],
  [
    'a secret, which it does not store',
    { action: 'ChangeConfiguration', payload: { key: 'AUTHORIZATIONKEY', value: 's3cret' } },
    'secret-in-command',
    {},
  ],
])('ends a request with %s as an error: there is no caller to return it to', async (_what, more, code, kept) => {
  const before = router.ends.items.length;
  await sendCommand(router.bus, request(crypto.randomUUID(), more));
  const { command } = (await router.ends.count(before + 1)).at(-1) ?? {};
  expect(command).toMatchObject({ status: 'error', error: { code }, payload: kept });
});

it('sends the commands that were kept for a station when it connects', async () => {
  const ref = { tenant: 'default', station: 'CS-KEPT' };
  const command = await router.service.commandSender.sendCommand({
    ref,
    action: 'Reset',
    payload: { type: 'Hard' },
    ttlSeconds: 600,
    requestedBy: 'spec',
  });
  const put = jest.spyOn(router.service.store, 'lookAgain');
  while (put.mock.calls.length === 0) {
    router.service.dispatcher.wake();
    await router.service.dispatcher.idle(); // the dispatcher has found no gateway and put the command back
  }
  put.mockRestore();
  await router.connections.acquire(ref, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 });
  const before = router.downlink.items.length;
  const headers = toCloudEventHeaders({
    id: 'id',
    type: 'voltbus.station.connected',
    source: '/voltbus/gateway',
    time: new Date().toISOString(),
    subject: 'default/CS-KEPT',
    tenant: 'default',
  });
  const connected: ConnectionEvent = {
    ...ref,
    ...{ protocol: 'ocpp1.6', gateway: 'gw', epoch: 1, at: new Date().toISOString(), reason: 'connected' },
  };
  await router.bus.publish(CONNECTIONS, { key: 'default/CS-KEPT', value: Buffer.from(JSON.stringify(connected)), headers });
  expect((await router.downlink.count(before + 1)).at(-1)?.meta).toMatchObject({ commandId: command.id });
});
