import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cdr, Transaction } from '@voltbus/contracts';
import { Api, eventually, startStandalone, type Standalone } from '@voltbus/testing';

const run = promisify(execFile);
/** Shorter than Jest's timeout, which cannot say what did not happen. */
const WAIT_SECONDS = 240;
interface List<T> {
  items: T[];
}

describe('npm start -- --demo', () => {
  let standalone: Standalone;
  let api: Api;
  beforeAll(async () => {
    standalone = await startStandalone({ args: ['--demo'] });
    api = new Api(standalone.apiUrl, standalone.adminKey, 'demo');
  });
  afterAll(() => standalone?.stop());

  const cdrs = async (): Promise<Cdr[]> => (await api.get<List<Cdr>>('/v1/cdrs?limit=50')).body.items;

  it('charges by itself, in all three versions: transactions, and CDRs that cost something', async () => {
    const bills = await eventually(cdrs, (found) => new Set(found.map(({ station }) => station)).size >= 3, WAIT_SECONDS);
    expect(bills.map(({ tariff, cost }) => [tariff?.tariff, Number(cost.total) > 0.35])).toEqual(bills.map(() => ['day', true]));
    const { body } = await api.get<List<Transaction>>('/v1/transactions?limit=50');
    expect(body.items.flatMap(({ flags }) => flags)).toEqual([]);
    const stations = await api.get<List<{ station: string; protocol: string; online: boolean }>>('/v1/stations');
    expect(stations.body.items.map(({ station, protocol, online }) => [station, protocol, online])).toEqual([
      ['DEMO-1', 'ocpp1.6', true],
      ['DEMO-2', 'ocpp2.0.1', true],
      ['DEMO-3', 'ocpp2.1', true],
      ['DEMO-4', 'ocpp1.6', true],
    ]);
  });

  it('prints three things to try, and each does what it says', async () => {
    const commands = standalone
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  curl '));
    const answers: unknown[] = [];
    for (const command of commands) answers.push(JSON.parse((await run('sh', ['-c', command])).stdout));
    expect(answers).toEqual([
      expect.objectContaining({ items: [expect.objectContaining({ kind: 'charge' }), expect.objectContaining({ kind: 'charge' })] }),
      expect.objectContaining({ station: 'DEMO-4', action: 'RemoteStartTransaction' }),
      expect.objectContaining({ station: 'DEMO-4', status: 'answered', response: { status: 'Accepted' } }),
    ]);
    const started = await eventually(
      async () => (await api.get<List<Transaction>>('/v1/transactions?station=DEMO-4')).body.items,
      (found) => found.length > 0,
      WAIT_SECONDS,
    );
    expect(started).toMatchObject([{ idToken: 'DEMO-GUEST', flags: [] }]);
  });

  it('stops in order, its stations too', async () => {
    expect(await standalone.stop()).toBe(0);
    expect(standalone.output()).not.toContain('did not stop');
  });
});
