export { TestApp, type TestAppOptions, type TestRequest } from './test-app';
export { expectListed, type FilterCases } from './list-proof';
export { TestIssuer } from './test-issuer';
export { CursorSeal } from '../lists/cursor-seal';
