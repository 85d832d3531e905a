export { tenants } from './block';
export { Tenants } from './tenants';
