import type { Metrics } from '@voltbus/telemetry';
import type { Session } from '../session/session';
import type { Sessions } from './sessions';

/** Registers the gauges of a gateway, which are computed when they are read. */
export function registerGauges(metrics: Metrics, sessions: Sessions, draining: () => boolean): void {
  const sum = (of: (session: Session) => number) => [...sessions.all()].reduce((total, session) => total + of(session), 0);
  metrics.gauge('gateway_connections', 'Open connections', ['protocol', 'security_profile', 'transport'], () =>
    [...countByKind(sessions)].map(([{ connection }, value]) => ({
      value,
      labels: { protocol: connection.protocol, security_profile: String(connection.securityProfile), transport: connection.transport },
    })),
  );
  metrics.gauge('gateway_registered_connections', 'Open connections that the registry in Redis says are of this gateway', [], () =>
    sum(({ connection }) => Number(connection.owner?.registered ?? false)),
  );
  metrics.gauge('gateway_backpressure_bytes', 'Bytes kept for stations that read slowly', [], () =>
    sum(({ connection }) => connection.bufferedBytes),
  );
  metrics.gauge('ocpp_pending_calls', 'Calls without an answer yet', ['direction'], () => [
    { value: sum(({ inboundCalls }) => inboundCalls.pendingCount), labels: { direction: 'in' } },
    { value: sum(({ outboundCalls }) => Number(outboundCalls.hasOutstanding)), labels: { direction: 'out' } },
  ]);
  metrics.gauge('gateway_draining', '1 while this gateway empties itself', [], () => Number(draining()));
  metrics.gauge('gateway_drain_remaining', 'Connections a drain has still to close', [], () => (draining() ? sessions.size : 0));
}

/** Returns one session of each protocol, security profile and transport, with the number of its kind. */
function countByKind(sessions: Sessions): Map<Session, number> {
  const firsts = new Map<string, Session>();
  const counts = new Map<Session, number>();
  for (const session of sessions.all()) {
    const { protocol, securityProfile, transport } = session.connection;
    const kind = `${protocol} ${securityProfile} ${transport}`;
    const first = firsts.get(kind) ?? session;
    firsts.set(kind, first);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}
