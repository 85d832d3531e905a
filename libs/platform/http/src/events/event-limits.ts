/** What listening may cost. */
export interface EventLimits {
  /** Listeners of this process, and of one tenant among them: an open stream holds a socket. */
  listeners: number;
  listenersOfTenant: number;
  /** Events kept for a tenant: how far a listener may be behind before it is cut off, and how long it may have been away. */
  keptEvents: number;
  /** Of all tenants together; each has an equal share. */
  keptBytes: number;
  /** How long events of a tenant are kept when nobody listens any more. */
  keptAloneMs: number;
  /** Tenants kept though nobody listens; beyond, the one that was left first goes. */
  keptAlone: number;
  /** A listener that takes nothing for so long, though something waits for it, is gone. */
  stalledMs: number;
  /** Stations whose change waits to be read. Beyond, their tenants' listeners are told of a gap. */
  waitingStations: number;
}

export const EVENT_LIMITS: EventLimits = {
  listeners: 1_000,
  listenersOfTenant: 100,
  keptEvents: 2_000,
  keptBytes: 64 * 1_048_576,
  keptAloneMs: 300_000,
  keptAlone: 100,
  stalledMs: 60_000,
  waitingStations: 20_000,
};

/** What a quiet stream says: proxies cut off what is silent. */
export const COMMENT_EVERY_MS = 15_000;
/** How often a listener's key is judged again. */
export const JUDGE_EVERY_MS = 1_000;
/** How long a client is asked to wait before it comes back. */
export const RETRY_MS = 3_000;
