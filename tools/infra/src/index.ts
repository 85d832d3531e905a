export { freePorts } from './free-ports';
export { guard } from './guard';
export { startNativeKafka } from './native-kafka';
export { installProxies, installRedis } from './debian-packages';
export { endProgram, readJson, ROOT, runCommand, runProgram, type Program } from './programs';
export { type PostgresServer } from './postgres';
export { type Server } from './server';
export { startKafka, startPostgres, startRedis, type KafkaServer, type RedisServer, type ServerOptions } from './start';
export { until } from './until';
