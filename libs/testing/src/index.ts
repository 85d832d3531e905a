export { silentLogger, testMetrics, type TestMetrics } from './doubles';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { ownKafka, testKafka, testRedis, type OwnKafka } from './infrastructure';
export * from './proof';
