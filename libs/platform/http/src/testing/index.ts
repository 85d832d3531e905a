export { TestApp, type TestAppOptions, type TestRequest } from './test-app';
export { CursorSeal } from '../lists/cursor-seal';
