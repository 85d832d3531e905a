import { PROTOCOLS, isTransactionMessage, laneOf } from '@voltbus/contracts';
import { actionsOf } from '@voltbus/ocpp';
import { sendHostileMessages } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/service-fixture';

/** As the worker has it, about the database pool. */
const CONCURRENCY = 4;

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

describe.each(PROTOCOLS)('whatever a station of %s writes, in any place of a message', (protocol) => {
  const sent = actionsOf(protocol).filter(({ action, initiator }) => initiator !== 'csms' && laneOf(protocol, action) === 'transaction');
  const actions = sent.map(({ action }) => action);
  const about = actions.filter((action) => isTransactionMessage(action));

  it.each(actions.filter((action) => !about.includes(action)))('%s is answered or refused, and is never a defect', async (action) => {
    const { handled, defects } = await sendHostileMessages(service.table, protocol, action, { concurrency: CONCURRENCY });
    expect(defects).toEqual([]);
    expect(handled).toBeGreaterThan(0);
  });

  it.each(about)('%s is kept and answered, unless it is empty', async (action) => {
    // so that energy, periods and flags are reckoned
    const changes = action === 'TransactionEvent' ? { eventType: 'Ended' } : {};
    const { handled, refused, defects } = await sendHostileMessages(service.table, protocol, action, { changes, concurrency: CONCURRENCY });
    expect(defects).toEqual([]);
    expect(refused).toEqual(action === 'MeterValues' ? [] : ['nothing at all']);
    expect(handled).toBeGreaterThan(0);
  });
});
