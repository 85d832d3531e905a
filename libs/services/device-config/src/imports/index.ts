export { ImportRunner } from './import-runner';
