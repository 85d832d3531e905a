import type { Session } from '../session/session';
import type { Sessions } from './sessions';
import type { Metrics } from '@voltbus/telemetry';

export interface GaugedGateway {
  sessions: Sessions;
  transport: string;
  draining(): boolean;
}

/** What is read when somebody looks. */
export function registerGauges(metrics: Metrics, { sessions, transport, draining }: GaugedGateway): void {
  const sum = (of: (session: Session) => number) => [...sessions.all()].reduce((total, session) => total + of(session), 0);
  metrics.gauge('gateway_connections', 'Open connections', ['protocol', 'security_profile', 'transport'], () =>
    [...byKind(sessions)].map(([{ protocol, securityProfile }, value]) => ({
      value,
      labels: { protocol, security_profile: String(securityProfile), transport },
    })),
  );
  metrics.gauge('gateway_backpressure_bytes', 'Bytes kept for stations that read slowly', [], () =>
    sum(({ bufferedBytes }) => bufferedBytes),
  );
  metrics.gauge('ocpp_pending_calls', 'Calls without an answer yet', ['direction'], () => [
    { value: sum(({ inboundCalls: calls }) => calls.open), labels: { direction: 'in' } },
    { value: sum(({ outboundCalls: ours }) => Number(ours.outstanding)), labels: { direction: 'out' } },
  ]);
  metrics.gauge('gateway_draining', '1 while this gateway empties itself', [], () => Number(draining()));
  metrics.gauge('gateway_drain_remaining', 'Connections a drain has still to close', [], () => (draining() ? sessions.size : 0));
}

/** One session of each kind, and how many there are. */
function byKind(sessions: Sessions): Map<Session, number> {
  const firsts = new Map<string, Session>();
  const counts = new Map<Session, number>();
  for (const session of sessions.all()) {
    const kind = `${session.protocol} ${session.securityProfile}`;
    const first = firsts.get(kind) ?? session;
    firsts.set(kind, first);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}
