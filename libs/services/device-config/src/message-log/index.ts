export { messageLog } from './block';
export { removeMessageLog } from './store/typeorm-message-log';
