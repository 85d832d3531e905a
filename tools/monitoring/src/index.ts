export { ALERTS, alertFile } from './alert-file';
