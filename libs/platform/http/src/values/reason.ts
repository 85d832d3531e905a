import { redactText } from '@voltbus/ocpp';
import { text } from './values';

/** Characters of a reason: a few sentences and the number of a ticket. */
export const MAX_REASON_LENGTH = 500;

/** An operator's reason for a change, as it is stored and shown: secrets that were pasted into it are redacted. */
export const reason = text
  .min(1)
  .max(MAX_REASON_LENGTH)
  .regex(/\S/, 'says nothing')
  .transform((given) => redactText(given));
