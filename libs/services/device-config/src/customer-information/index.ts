export { customerInformation } from './block';
export type { CustomerInformation, WantedInformation } from './customer-information';
