import { PHASES, Phases } from './lifecycle';

describe('the phases of a process', () => {
  const order: string[] = [];
  const part = (name: string) => ({ name, start: () => void order.push(`start ${name}`), stop: () => void order.push(`stop ${name}`) });
  beforeEach(() => (order.length = 0));

  it('open the listeners last and close them first, in whatever order the parts were added', async () => {
    const phases = new Phases(() => undefined);
    phases.add('listeners', part('gateway'));
    phases.add('resources', part('database'));
    phases.add('work', part('consumer'));
    await phases.start();
    await phases.stop(5_000);
    expect(order).toEqual(['start database', 'start consumer', 'start gateway', 'stop gateway', 'stop consumer', 'stop database']);
  });

  it('stop the others though one does not stop in order', async () => {
    const failed: string[] = [];
    const phases = new Phases((name) => failed.push(name));
    phases.add('listeners', { name: 'stuck', stop: () => Promise.reject(new Error('no')) });
    phases.add('resources', part('database'));
    await phases.stop(5_000);
    expect([failed, order]).toEqual([['stuck'], ['stop database']]);
  });

  it('leave most of the time of a stop to those who are connected', async () => {
    const given: Record<string, number> = {};
    const phases = new Phases(() => undefined);
    for (const phase of PHASES) phases.add(phase, { name: phase, stop: (withinMs) => void (given[phase] = withinMs) });
    await phases.stop(5_000);
    expect(given).toEqual({ listeners: 3_000, work: 1_000, resources: 500 });
  });

  it('do not open the listeners when the work cannot start', async () => {
    const phases = new Phases(() => undefined);
    phases.add('work', { name: 'consumer', start: () => Promise.reject(new Error('no broker')) });
    phases.add('listeners', part('gateway'));
    await expect(phases.start()).rejects.toThrow('no broker');
    expect(order).toEqual([]);
  });
});
