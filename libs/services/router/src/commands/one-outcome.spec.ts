import { commandEnded } from '@voltbus/contracts';
import { CommandRun } from '../testing/command-run';
import type { OpenedRouter } from '../testing/open-router';
import { startRouter, type RouterFixture } from '../testing/router-fixture';

let router: RouterFixture;
let processes: readonly OpenedRouter[];
beforeAll(async () => {
  router = await startRouter();
  processes = [router.service, await router.another()];
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => router?.close());

/** The ends of all runs. */
const met = new Set<string>();
const NEVER_SENT = ['cancelled', 'offline', 'expired', 'busy'];

it.each([7_919, 15_838, 31_676, 63_352, 126_704, 253_408])(
  'a command is sent at most once and has one end, which is true, whatever two APIs, two routers and two gateways do (seed %i)',
  async (seed) => {
    const run = new CommandRun(router, processes, `CS-${seed}`, seed);
    await run.all();
    const { frames, answered, uncertain, ids } = run;
    expect(frames.filter((id, at) => frames.indexOf(id) !== at)).toEqual([]);
    for (const id of ids) {
      const command = await router.service.store.find('default', id);
      if (command === null) throw new Error(`command ${id} was not accepted`);
      const { status } = command;
      met.add(status);
      expect([status, commandEnded(status), router.endEvents(command).map((event) => event.status)]).toEqual([status, true, [status]]);
      expect({ id, answered: status === 'answered' }).toEqual({ id, answered: answered.has(id) });
      if (answered.has(id)) expect(frames).toContain(id);
      if (NEVER_SENT.includes(status)) expect(frames).not.toContain(id);
      if (status === 'unknown') expect([...frames, ...uncertain]).toContain(id);
    }
  },
);

it('the runs have met what they are about', () => expect([...met]).toEqual(expect.arrayContaining(['answered', 'unknown', 'cancelled'])));
