import { COMMANDS } from '@voltbus/contracts';
import { TopicRecorder } from '@voltbus/testing';
import { RouterApp } from '../testing/router-app';
import { TypeormCommands } from './store/typeorm-commands';

let app: RouterApp;
beforeAll(async () => {
  app = await RouterApp.start();
});
afterAll(() => app?.close());

const reset = { action: 'Reset', payload: { type: 'Soft' } };

describe('a command that is accepted', () => {
  const spies: jest.SpyInstance[] = [];
  const watch = <S extends jest.SpyInstance>(spy: S): S => {
    spies.push(spy);
    return spy;
  };
  beforeEach(() => {
    app.outcome = { kind: 'answered', response: { status: 'Accepted' } };
  });
  afterEach(() => spies.splice(0).forEach((spy) => spy.mockRestore()));

  it('is inserted once, and the wake that follows is not accepted as a request', async () => {
    const inserts = watch(jest.spyOn(TypeormCommands.prototype, 'add'));
    const requests = watch(jest.spyOn(app.commands.commands, 'acceptRequest'));
    expect(await app.command({ ...reset, wait: 10 })).toMatchObject({ status: 200, body: { status: 'answered' } });
    expect([inserts.mock.calls.length, requests.mock.calls.length]).toEqual([1, 0]);
  });

  it('reads the registry once', async () => {
    const reads = watch(jest.spyOn(app.connections, 'findMany'));
    expect(await app.command({ ...reset, wait: 10 })).toMatchObject({ status: 200, body: { status: 'answered' } });
    expect(reads.mock.calls).toEqual([[[{ tenant: 'default', station: 'CS/1' }]]]);
  });

  it('wakes the routers for what it cannot send, by a record that carries only its id, tenant and station', async () => {
    const wakes = new TopicRecorder(({ headers, value }) => ({
      type: headers['ce_type']?.toString(),
      value: JSON.parse(value.toString()) as unknown,
    }));
    const follower = await app.bus.follow({ name: 'wakes', topic: COMMANDS, handle: wakes.record });
    await app.command({ ...reset, wait: 10 });
    const { id } = (await app.command({ ...reset, ttl: 60 }, {}, 'away')).body;
    expect(await wakes.count(1)).toEqual([{ type: 'voltbus.command.waiting', value: { id, tenant: 'default', station: 'away' } }]);
    await follower.close();
  });

  it('is sent also when another one has it in hand, and the wake is lost', async () => {
    const publish = app.bus.publish.bind(app.bus);
    watch(jest.spyOn(TypeormCommands.prototype, 'claimNew')).mockResolvedValue(null);
    watch(jest.spyOn(app.bus, 'publish')).mockImplementation((topic, record) =>
      topic === COMMANDS ? Promise.reject(new Error('away')) : publish(topic, record),
    );
    expect(await app.command({ ...reset, wait: 10 })).toMatchObject({ status: 200, body: { status: 'answered' } });
    expect(app.metrics.total('command_anomalies_total', { kind: 'wake-lost' })).toBe(1);
  });
});
