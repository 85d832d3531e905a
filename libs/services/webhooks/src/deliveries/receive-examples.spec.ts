import { ROOT, endProgram, hasPython, runCommand } from '@voltbus/testing';
import { join } from 'node:path';
import { startWebhooks, type WebhooksFixture } from '../testing/webhooks-fixture';

const EXAMPLES = join(ROOT, 'docs/how-to/examples');
const typescript = [process.execPath, '-r', join(ROOT, 'libs/testing/src/run-typescript.cjs'), join(EXAMPLES, 'receive-webhooks.ts')];
const python = ['python3', join(EXAMPLES, 'receive_webhooks.py')];

let fixture: WebhooksFixture;
beforeEach(async () => (fixture = await startWebhooks()));
afterEach(() => fixture?.close());

/** The programs that docs/how-to/receive-webhooks.md shows, as they stand there. */
describe('the example of a receiver', () => {
  it.each([['TypeScript', typescript], ...(hasPython() ? [['Python', python] as [string, string[]]] : [])])(
    'in %s takes what is sent, once, and refuses what was changed, is old, or has another secret',
    async (_language, [command = '', ...args]) => {
      const { secret = '' } = await fixture.put();
      const program = runCommand(command, args, { SECRETS: `whsec_b2xk,${secret}`, PORT: '0' });
      const port = Number(/"port": ?(\d+)/.exec(await program.printed('listening on'))?.[1]);
      fixture.allowPort(port);
      await fixture.put('hook', { url: `http://127.0.0.1:${port}/` });
      await fixture.event('CS/1');
      await fixture.send();
      await fixture.replays.replay('acme', 'hook', (await fixture.deliveries())[0]?.id ?? '');
      await fixture.send();
      expect(await fixture.deliveries()).toMatchObject([{ state: 'delivered', attempts: [{ status: 204 }, { status: 204 }] }]);
      fixture.clock.pass(-301);
      await fixture.event('OLD');
      await fixture.send();
      fixture.clock.pass(301);
      await fixture.webhooks.rotateSecret('acme', 'hook', 0);
      await fixture.event('ANOTHER-SECRET');
      await fixture.send();
      const refused = (await fixture.deliveries()).filter(({ state }) => state === 'pending');
      expect(refused.map(({ station, attempts }) => [station, new Set(attempts.map(({ status }) => status))])).toEqual([
        ['OLD', new Set([401])],
        ['ANOTHER-SECRET', new Set([401])],
      ]);
      const unsigned = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' });
      expect(unsigned.status).toBe(401);
      await endProgram(program, 'SIGKILL');
      expect(program.output().match(/voltbus\.station\.connected/g)).toHaveLength(1);
      expect(program.output()).toContain('voltbus.station.connected acme/CS/1 ');
    },
  );
});
