export { bootNotification } from './boot-notification';
export { certificateChainStatus } from './certificate-chain-status';
export { notifyEvent } from './notify-event';
export { statusNotification } from './status-notification';
