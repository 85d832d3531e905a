import { redactText } from '@voltbus/ocpp';
import { text } from './values';

/** Characters of a reason: a sentence or a few, and the number of a ticket. */
export const MAX_REASON_LENGTH = 500;

/** Why an operator does something, as it is kept and shown: without the secrets that somebody has pasted into it. */
export const reason = text
  .min(1)
  .max(MAX_REASON_LENGTH)
  .regex(/\S/, 'says nothing')
  .transform((said) => redactText(said));
