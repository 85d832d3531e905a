import type { UnhandledMessagesTable } from '@voltbus/service';

export const UNHANDLED_MESSAGES: UnhandledMessagesTable = { schema: 'device_config', name: 'messages' };
