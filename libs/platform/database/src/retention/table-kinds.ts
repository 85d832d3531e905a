/** The columns that say whose a row is, and how rows go, as the tables of several blocks have them. */
export const OF_A_STATION = { tenant: 'tenant', station: 'station' } as const;
export const OF_A_TENANT = { tenant: 'tenant', station: null } as const;
export const WITH_STATION = { kind: 'owned', by: 'station' } as const;
export const WITH_TENANT = { kind: 'owned', by: 'tenant' } as const;
export const HISTORY = { kind: 'ever', why: 'a session is priced by what held when it began' } as const;
