export { unhandledMessages } from './block';
export { removeUnhandledMessages, type TypeormUnhandledMessages } from './typeorm-unhandled-messages';
