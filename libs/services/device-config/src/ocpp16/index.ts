export { bootNotification } from './boot-notification';
export { statusNotification } from './status-notification';
