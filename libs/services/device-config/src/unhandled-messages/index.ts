export { unhandledMessages } from './block';
export { UNHANDLED_MESSAGES } from './store/table';
