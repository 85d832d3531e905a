import type { Decision } from './domain/station';

/** As BootNotification answers say it, in every version. */
export const REGISTRATION_STATUS = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const satisfies Record<
  Decision,
  string
>;
