export { silentLogger, testMetrics, type TestMetrics } from './doubles';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export * from './proof';
