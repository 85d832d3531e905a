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

  it('reads the registry once when it is accepted and once when it is dispatched', async () => {
    const reads = watch(jest.spyOn(app.connections, 'findMany'));
    await app.command({ ...reset, wait: 10 });
    expect(reads.mock.calls).toEqual([[[{ tenant: 'default', station: 'CS/1' }]], [[{ tenant: 'default', station: 'CS/1' }]]]);
  });

  it('wakes the routers by a record that carries only its id, tenant and station', async () => {
    const wakes = new TopicRecorder(({ headers, value }) => ({
      type: headers['ce_type']?.toString(),
      value: JSON.parse(value.toString()) as unknown,
    }));
    const follower = await app.bus.follow({ name: 'wakes', topic: COMMANDS, handle: wakes.record });
    const { id } = (await app.command(reset)).body;
    expect(await wakes.count(1)).toEqual([{ type: 'voltbus.command.waiting', value: { id, tenant: 'default', station: 'CS/1' } }]);
    await follower.close();
  });

  it('is sent also when its wake is lost', async () => {
    const publish = app.bus.publish.bind(app.bus);
    watch(jest.spyOn(app.bus, 'publish')).mockImplementation((topic, record) =>
      topic === COMMANDS ? Promise.reject(new Error('away')) : publish(topic, record),
    );
    expect(await app.command({ ...reset, wait: 10 })).toMatchObject({ status: 200, body: { status: 'answered' } });
    expect(app.metrics.total('command_anomalies_total', { kind: 'wake-lost' })).toBe(1);
  });
});
