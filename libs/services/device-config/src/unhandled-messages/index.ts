export { unhandledMessages } from './block';
export { type TypeormUnhandledMessages } from './typeorm-unhandled-messages';
