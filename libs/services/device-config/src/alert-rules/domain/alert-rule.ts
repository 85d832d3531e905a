export const RULE_KINDS = ['offline', 'fault', 'monitor', 'no-session'] as const;

/** A rule of an operator. */
export interface AlertRule {
  rule: string;
  description: string | null;
  enabled: boolean;
  kind: (typeof RULE_KINDS)[number];
  /** How long it must have been so: of `offline`, `fault` and `monitor`. */
  minutes: number;
  /** Without a session: of `no-session`. */
  days: number;
  /** The least number of sessions in the four weeks before, so that the place is a busy one. */
  usualSessions: number;
  /** Of `monitor`: the least severe that counts. The lower, the more severe. */
  severity: number;
  /** Of the stations that it is for, without regard to case; empty: all. */
  groups: string[];
}

/** What a rule finds. */
export interface Finding {
  station: string;
  /** 0: the station. */
  evse: number;
  /** What people read. */
  info: string;
}
