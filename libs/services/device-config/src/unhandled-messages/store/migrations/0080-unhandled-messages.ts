import { unhandledMessagesMigration } from '@voltbus/service';
import { UNHANDLED_MESSAGES } from '../table';

export const migration = unhandledMessagesMigration('0080-unhandled-messages', UNHANDLED_MESSAGES);
