export { TestApp, type TestAppOptions, type TestRequest } from './test-app';
