import { LANES, META_HEADER, packUplink, type Protocol } from '@voltbus/contracts';
import { BUCKET, KEY, startRunningRouter, type RunningRouter } from '../testing/running-router';

let router: RunningRouter;
beforeAll(async () => {
  router = await startRunningRouter();
});
afterAll(() => router?.close());

it.each<[Protocol, string, object, unknown[]]>([
  ['ocpp1.6', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp1.6', 'DataTransfer', { vendorId: 'acme', data: { quirk: 64 } }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.0.1', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.1', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.1', 'NotifyEverything', {}, [4, 'm', 'NotImplemented']],
])('P02, 1.6 section 4.3 answers a station in %s that sends %s', async (protocol, action, payload, answer) => {
  const before = router.downlink.items.length;
  const meta = packUplink({
    protocol,
    action,
    messageId: 'm',
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: router.epoch },
    registration: 'accepted',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 10_000,
  });
  await router.bus.publish(LANES.router, {
    key: KEY,
    value: Buffer.from(JSON.stringify([2, 'm', action, payload])),
    headers: { [META_HEADER]: meta },
  });
  const reply = (await router.downlink.count(before + 1)).at(-1);
  expect(reply?.meta).toMatchObject({ kind: 'reply', messageId: 'm' });
  expect((JSON.parse(reply?.text ?? '[]') as unknown[]).slice(0, answer.length)).toEqual(answer);
});
