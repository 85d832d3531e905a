export type { TypeormUnhandledMessages, UnhandledMessage } from './store/typeorm-unhandled-messages';
