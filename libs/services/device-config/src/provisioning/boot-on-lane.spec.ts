import { DOWNLINK, LANES, META_HEADER, packUplink, unpackDownlink, type DownlinkMeta } from '@voltbus/contracts';
import { TopicRecorder } from '@voltbus/testing';
import { HEARTBEAT_SECONDS, startService, type ServiceFixture } from '../testing/start-service';

interface Down {
  key: string;
  meta: DownlinkMeta;
  value: unknown;
}

const BUCKET = 3;
const down = new TopicRecorder<Down>(({ key, headers, value }) => ({
  key,
  meta: unpackDownlink(headers[META_HEADER]),
  value: value.length === 0 ? null : JSON.parse(value.toString()),
}));
let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: down.record });
  await service.service.start();
  await service.stations.put({ tenant: 'default', station: 'CS-1' }, { password: 'correct horse battery' });
});
afterAll(() => service?.close());

/** A gateway puts the station's message on the lane. */
function send(messageId: string, action: string, payload: object, station: string): Promise<void> {
  const meta = packUplink({
    protocol: 'ocpp1.6',
    action,
    messageId,
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: 4 },
    registration: 'unknown',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 10_000,
  });
  const value = Buffer.from(JSON.stringify([2, messageId, action, payload]));
  return service.bus.publish(LANES.device, { key: `default/${station}`, value, headers: { [META_HEADER]: meta } });
}

it('B01.FR.02 answers a boot to its return address, with the registration for its gateway', async () => {
  await send('b1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, 'CS-1');
  const { meta, value } = await down.first((one) => one.meta.kind === 'reply' && one.meta.messageId === 'b1');
  expect(meta).toEqual({ kind: 'reply', inst: 'gw', epoch: 4, messageId: 'b1', registration: 'accepted', quirks: {} });
  expect(value).toMatchObject([3, 'b1', { status: 'Accepted', interval: HEARTBEAT_SECONDS }]);
});
