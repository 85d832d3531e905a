import { createServer, type Server } from 'node:net';
import { giveWay, portProblems } from './ports';
import { readSettings } from './read-settings';

describe('the ports of a demo', () => {
  let taken: Server;
  let port: number;
  beforeEach(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = (taken.address() as { port: number }).port;
  });
  afterEach(() => taken.close());

  const settings = () => readSettings({ VOLTBUS_HTTP_PORT: String(port), VOLTBUS_OCPP_PORT: '0' }, 'standalone', 'standalone');

  it('give way to those of a system that runs already', async () => {
    const mine = settings();
    await giveWay(mine, ['HTTP_PORT', 'OCPP_PORT']);
    expect(mine).toMatchObject({ HTTP_PORT: 0, OCPP_PORT: 0 });
    expect(await portProblems(mine, ['HTTP_PORT', 'OCPP_PORT'])).toEqual([]);
  });

  it('stay where somebody named them, and are refused', async () => {
    const mine = settings();
    await giveWay(mine, ['OCPP_PORT']);
    expect(await portProblems(mine, ['HTTP_PORT', 'OCPP_PORT'])).toEqual([expect.stringContaining('VOLTBUS_HTTP_PORT')]);
  });
});
