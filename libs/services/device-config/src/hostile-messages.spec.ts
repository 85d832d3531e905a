import { PROTOCOLS, laneOf } from '@voltbus/contracts';
import { actionsOf } from '@voltbus/ocpp';
import { sendHostileMessages } from '@voltbus/testing';
import { startService, type ServiceFixture } from './testing/start-service';

const CONCURRENCY = 4;

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  for (let nth = 0; nth < 8; nth++) await service.stations.put({ tenant: 'default', station: `HOSTILE-${nth}` }, {});
});
afterAll(() => service?.close());

describe.each(PROTOCOLS)('whatever a station of %s writes, in any member of a message', (protocol) => {
  const sent = actionsOf(protocol).filter(({ action, initiator }) => initiator !== 'csms' && laneOf(protocol, action) === 'device');

  it.each(sent.map(({ action }) => action))('%s is answered or refused, and is never a defect', async (action) => {
    const { handled, refused, defects } = await sendHostileMessages(service.table, protocol, action, { concurrency: CONCURRENCY });
    expect(defects).toEqual([]);
    expect(handled).toBeGreaterThan(0);
    // a station that cannot boot cannot charge: nothing but nothing at all is refused
    if (action === 'BootNotification' || action === 'StatusNotification') expect(refused).toEqual(['nothing at all']);
  });
});
