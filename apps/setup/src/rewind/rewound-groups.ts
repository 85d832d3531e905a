/** Services whose groups go back with the database: what they read again leads to the same sessions, CDRs and deliveries as before. */
const REWOUND = ['transaction:', 'cdr:', 'device-config:', 'webhooks:'] as const;

/**
 * Whether a consumer group goes back with the database. Those of the router do not: it would send commands of the lost time to stations a second time.
 * Stations that follow the downlink, and other teams, have groups of their own.
 */
export function isRewound(group: string): boolean {
  return REWOUND.some((prefix) => group.startsWith(prefix));
}
