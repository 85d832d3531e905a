import type { Decision } from './domain/station';

/** RegistrationStatus of BootNotification responses, in every version. */
export const REGISTRATION_STATUS = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const satisfies Record<
  Decision,
  string
>;
