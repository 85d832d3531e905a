export { silentLogger, testMetrics, type TestMetrics } from './doubles';
export { securedKafka, testPki, type SecuredKafka, type TestPki } from './secured-kafka';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { extended } from './extended';
export { listed } from './listed';
export { TopicRecorder } from './topic-recorder';
export { keepsContract, type PublishedEvent as Said } from './public-contract';
export { ownKafka, testKafka, testRedis, type OwnKafka } from './servers';
export { ROOT, endProgram, freePorts, runCommand, runProgram, type Program } from '@voltbus/infra';
export { TestCertificate, type CertificateWish } from './pki/certificates';
export { TcpProxy, postgresProxy } from './network/tcp-proxy';
export { startResponder, type Responder } from './pki/responder';
export { revocationList } from './pki/revocation-list';
export { hasPython, pythonPackages } from './python';
export { S3Server, type S3Fault } from './s3/s3-server';
export {
  npmStart,
  runStack,
  runStandalone,
  startStack,
  startStandalone,
  type Stack,
  type StackFacts,
  type StackOptions,
  type Standalone,
  type StandaloneOptions,
} from '@voltbus/stack';
export { sendHostileMessages } from './hostile/send-hostile-messages';
export { hostileMessages } from './hostile/hostile-messages';
export { hostileTexts } from './hostile/hostile-texts';
export * from './proof';
export { DatabaseLink } from './network/database-link';
export { expectSoon, gate, inBudget, range, until, within, type Gate } from './waiting';
export { fuzzHandlers } from './hostile/fuzz-handlers';
