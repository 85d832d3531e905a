import { LRUCache } from 'lru-cache';

/** At most `quota` requests in each window, which begins with its first request. */
interface QuotaPolicy {
  /** As `RateLimit-Policy` names it. */
  name: string;
  quota: number;
  windowSeconds: number;
}

/** The state of a window after one more request was counted. */
interface QuotaState {
  admitted: boolean;
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
}

/** Sources that are counted at a time. Beyond it the one that was quiet longest is forgotten, and begins a new window. */
const MAX_COUNTED = 10_000;

interface Window {
  began: number;
  count: number;
}

/** Counts the requests to this process against a policy, for each source. `now` is in milliseconds and never goes back. */
export class Quota {
  private readonly windows: LRUCache<string, Window>;

  constructor(
    readonly policy: QuotaPolicy,
    maxCounted = MAX_COUNTED,
  ) {
    this.windows = new LRUCache({ max: maxCounted });
  }

  take(who: string, now: number): QuotaState {
    const lengthMs = this.policy.windowSeconds * 1_000;
    let window = this.windows.get(who);
    if (window === undefined || now - window.began >= lengthMs) this.windows.set(who, (window = { began: now, count: 0 }));
    window.count += 1;
    return {
      admitted: window.count <= this.policy.quota,
      remaining: Math.max(0, this.policy.quota - window.count),
      resetSeconds: Math.max(1, Math.ceil((window.began + lengthMs - now) / 1_000)),
    };
  }
}

/** `RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-10 writes them. */
export function quotaHeaders({ name, quota, windowSeconds }: QuotaPolicy, { remaining, resetSeconds }: QuotaState): Record<string, string> {
  return {
    'ratelimit-policy': `"${name}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${remaining};t=${resetSeconds}`,
  };
}
