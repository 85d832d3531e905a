import { chooseTransport } from './choose-transport';
import { RecordingGateway } from './testing/recording-gateway';
import { TRANSPORT_LIMITS } from './transport-limits';
import { loadUws, type UwsModule } from './uws-transport';

type Reading = number | readonly { value: number; labels: Readonly<Record<string, string | undefined>> }[];

function choose(wanted: 'uws' | 'ws', load?: () => UwsModule) {
  const logged: object[] = [];
  const gauges = new Map<string, () => Reading>();
  const transport = chooseTransport({
    wanted,
    handler: new RecordingGateway(),
    logger: { error: (about: object) => void logged.push(about) },
    metrics: { gauge: (name, _help, _labels, read) => void gauges.set(name, read) },
    load,
  });
  return { transport, logged, info: gauges.get('gateway_transport_info')?.() };
}

describe('the choice of the transport', () => {
  it.each(['uws', 'ws'] as const)('is %s when it is asked for', (wanted) => {
    const { transport, logged, info } = choose(wanted);
    expect(transport.name).toBe(wanted);
    expect(logged).toEqual([]);
    expect(info).toEqual([{ value: 1, labels: { transport: wanted, wanted } }]);
  });

  it('falls back to ws where uWebSockets.js does not load, and reports that in the log, with the cause, and as a metric', () => {
    const cause = new Error('no binary for this platform');
    const { transport, logged, info } = choose('uws', () => {
      throw cause;
    });
    expect(transport.name).toBe('ws');
    expect(logged).toEqual([{ err: cause }]);
    expect(info).toEqual([{ value: 1, labels: { transport: 'ws', wanted: 'uws' } }]);
  });

  it.each([
    { idleTimeoutSeconds: 7 },
    { idleTimeoutSeconds: 961 },
    { idleTimeoutSeconds: 8.5 },
    { maxPayloadBytes: 0 },
    { maxBackpressureBytes: 2 ** 31 },
    { maxHandshakes: Number.NaN },
  ])('refuses %j before it reaches native code, which would abort the process', (limits) => {
    for (const wanted of ['uws', 'ws'] as const) {
      const build = () =>
        chooseTransport({
          wanted,
          handler: new RecordingGateway(),
          limits,
          logger: { error: () => undefined },
          metrics: { gauge: () => undefined },
        });
      expect(build).toThrow(RangeError);
    }
  });

  it('takes the limits of the idle timeout themselves', () => {
    expect(TRANSPORT_LIMITS.idleTimeoutSeconds).toBeGreaterThanOrEqual(8);
    for (const idleTimeoutSeconds of [8, 960]) {
      const logger = { error: () => undefined };
      expect(() =>
        chooseTransport({
          wanted: 'uws',
          handler: new RecordingGateway(),
          limits: { idleTimeoutSeconds },
          logger,
          metrics: { gauge: () => undefined },
        }),
      ).not.toThrow();
    }
  });

  it('loads the pinned package here', () => {
    expect(typeof loadUws().App).toBe('function');
  });
});
