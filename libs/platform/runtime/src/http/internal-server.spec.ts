import { BELIEVED_MS, Checks } from '../health/health';
import { InternalServer } from './internal-server';
import { otelMetrics, type ServedMetrics } from '@voltbus/telemetry';

let metrics: ServedMetrics;
let health: Checks;
let server: InternalServer;
let url: string;
beforeEach(async () => {
  metrics = otelMetrics('test');
  health = new Checks();
  server = new InternalServer(health, metrics);
  url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
});
afterEach(async () => {
  await server.close();
  await metrics.close();
});

const ready = async () => {
  const response = await fetch(`${url}/ready`);
  return [response.status, await response.json()];
};

describe('the internal port', () => {
  it('is live at once, and ready when everything has started', async () => {
    expect((await fetch(`${url}/live`)).status).toBe(200);
    expect(await ready()).toEqual([503, { ready: false, reasons: ['starting'] }]);
    health.started();
    expect(await ready()).toEqual([200, { ready: true, reasons: [] }]);
  });

  it('gives the reasons why it is not ready, also for a check that throws', async () => {
    health.started();
    health.addCheck('database', () => 'away');
    health.addCheck('lane', () => Promise.reject(new Error('stopped')));
    health.addCheck('odd', () => {
      throw new Error('a defect');
    });
    expect(await ready()).toEqual([503, { ready: false, reasons: ['database: away', 'lane: stopped', 'odd: a defect'] }]);
  });

  it('runs an asynchronous check once a second, however often it is probed, and a synchronous one each time', async () => {
    let clock = 0;
    const checks = new Checks(() => clock);
    checks.started();
    const asked = jest.fn(() => Promise.resolve<string | null>('away'));
    let known: string | null = null;
    checks.addCheck('database', asked);
    checks.addCheck('lane', () => known);
    expect(await Promise.all([checks.reasons(), checks.reasons()])).toEqual([['database: away'], ['database: away']]);
    known = 'stopped';
    clock = BELIEVED_MS - 1;
    expect(await checks.reasons()).toEqual(['database: away', 'lane: stopped']);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockResolvedValue(null);
    clock = BELIEVED_MS;
    expect(await checks.reasons()).toEqual(['lane: stopped']);
  });

  it('is not ready once the process stops', async () => {
    health.started();
    health.leave('stopping');
    expect(await ready()).toEqual([503, { ready: false, reasons: ['stopping'] }]);
  });

  it("serves the metrics, under their prefix, in Prometheus's format", async () => {
    metrics.counter('things_total', 'Things', ['kind']).add(2, { kind: 'a' });
    metrics.histogram('wait_seconds', 'Waits', [], [0.1, 1]).observe(0.5);
    metrics.gauge('open', 'Open', ['of'], () => [{ value: 3, labels: { of: 'x' } }]);
    metrics.gauge('open', 'Open', ['of'], () => [{ value: 4, labels: { of: 'y' } }]);
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of [
      'csms_things_total{kind="a"} 2',
      'csms_wait_seconds_bucket{le="1"} 1',
      'csms_open{of="x"} 3',
      'csms_open{of="y"} 4',
      'csms_build_info{process="test"',
    ])
      expect(text).toContain(line);
  });

  it('serves metrics of the process itself', async () => {
    let text = '';
    const read = (name: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split(' ')[1],
      );
    do {
      const until = Date.now() + 150; // blocked: timers are late by that much, once they are watched
      while (Date.now() < until);
      await new Promise((next) => setTimeout(next, 30));
      text = await (await fetch(`${url}/metrics?again`)).text();
    } while (!(read('nodejs_eventloop_delay_seconds{quantile="1"}') > 0.05));
    expect(read('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(read('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(Math.abs(read('process_start_time_seconds') - Date.now() / 1_000)).toBeLessThan(86_400);
  });
});
