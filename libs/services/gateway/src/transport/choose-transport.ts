import type { Proxies } from './client-address';
import type { StationTransport, TransportHandler } from './station-transport';
import type { TransportLimits } from './transport-limits';
import { loadUws, UwsTransport, type UwsModule } from './uws-transport';
import { WsTransport } from './ws-transport';
import type { Logger, Metrics } from '@voltbus/telemetry';

export interface TransportChoice<Context> {
  wanted: 'uws' | 'ws';
  handler: TransportHandler<Context>;
  limits?: Partial<TransportLimits>;
  proxies?: Proxies;
  logger: Pick<Logger, 'error'>;
  metrics: Pick<Metrics, 'gauge'>;
  load?: () => UwsModule;
}

/** Returns the wanted transport, or `ws` where uWebSockets.js does not load. That is logged as an error, because it halves the capacity of the process. */
export function chooseTransport<Context>(choice: TransportChoice<Context>): StationTransport {
  const transport = build(choice);
  choice.metrics.gauge(
    'gateway_transport_info',
    'The WebSocket transport in use, and the one that was asked for',
    ['transport', 'wanted'],
    () => [{ value: 1, labels: { transport: transport.name, wanted: choice.wanted } }],
  );
  return transport;
}

function build<Context>({ wanted, handler, limits, proxies, logger, load = loadUws }: TransportChoice<Context>): StationTransport {
  if (wanted === 'ws') return new WsTransport(handler, limits, proxies);
  let native: UwsModule;
  try {
    native = load();
  } catch (error) {
    logger.error(
      { err: error },
      'uWebSockets.js does not load here: stations are served by the ws transport, at about twice the CPU per message',
    );
    return new WsTransport(handler, limits, proxies);
  }
  return new UwsTransport(handler, limits, native, proxies);
}
