import type { UnhandledMessagesTable } from '@voltbus/service';

export const UNHANDLED_MESSAGES: UnhandledMessagesTable = { schema: 'transactions', name: 'notices' };
